import { questionsId } from '../../core/document-ids.ts';
import type { EpochMs } from '../../core/units.ts';
import { isInstant, maybe, readerOf } from '../document-reader.ts';

/**
 * `questions:<site>`: how far the questions of a Stack Exchange site are read, and when the site may be asked again.
 * The action `questions/collector` (it runs every 10 minutes if the OpenWhisk host has alarms) goes on from here. A rev
 * is CouchDB's name of a document's version.
 *
 * Invariant: every question with the wanted tags that was active from a day before the first run up to `t` has been in
 * the ledger, as far as the site has listed it. `askedAt` is written before the site is asked, by the rev, so that two
 * collectors do not ask at once.
 */
export interface QuestionsDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'questions';
  /** The latest activity that was read (somebody asked, answered or edited), by the site's clock. */
  readonly t: EpochMs;
  /** When the site was last asked, by the store's clock. */
  readonly askedAt: EpochMs;
  /**
   * Until then, by the store's clock, the site is not asked: it wants a pause, its daily quota is low, the last
   * questions are still being passed on, or a run is at work or died less than 5 minutes ago.
   */
  readonly notBefore?: EpochMs;
}

/** Reads how far a site's questions are read. @throws CascadeError LEDGER_MALFORMED. */
export const readQuestions = readerOf<QuestionsDocument>(
  'questions',
  { t: isInstant, askedAt: isInstant, notBefore: maybe(isInstant) },
  new RegExp(`^${questionsId('[a-z0-9.-]+')}$`),
);
