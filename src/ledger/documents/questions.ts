import { questionsId } from '../../core/document-ids.ts';
import type { EpochMs } from '../../core/units.ts';
import { isBoolean, isCountFrom, isInstant, isObjectWith, maybe, readerOf } from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/** Where a list of questions goes on. The site is asked for questions that were active from `since` on. */
export interface QuestionsPlace {
  /** By the site's clock. */
  readonly since: EpochMs;
  /** From 1. It is higher if one second has more questions than a page. */
  readonly page: number;
  /** When the list was begun, by the store's clock. */
  readonly begunAt: EpochMs;
  /** Whether the ledger has had every question of the list so far. */
  readonly isWhole: boolean;
}

/**
 * `questions:<site>`: how far the questions of a Stack Exchange site are read, and when the site may be asked again.
 * The action `questions/collector` (it runs every 10 minutes if the OpenWhisk host has alarms) goes on from here. A rev
 * is CouchDB's name of a document's version.
 *
 * Invariant: every question with the wanted tags that was active from a day before the first run up to `t` has been in
 * the ledger, as far as the site has listed it, or was refused by CouchDB, with an alert. `t` is not later than the
 * beginning of the list that showed this. `askedAt` is written before the site is asked, by the rev, so that two
 * collectors do not ask at once.
 */
export interface QuestionsDocument extends StoredAs<'questions'> {
  /** The ledger has the questions up to this activity (somebody asked, answered or edited), by the site's clock. */
  readonly t: EpochMs;
  /** When the site was last asked, by the store's clock. */
  readonly askedAt: EpochMs;
  /**
   * Until then, by the store's clock, the site is not asked: it wants a pause, its daily quota is low, the last
   * questions are still being passed on, or a run is at work or died less than 5 minutes ago.
   */
  readonly notBefore?: EpochMs;
  /** The next page of a list that could not be read to its end. Absent: the next list begins before `t`. */
  readonly next?: QuestionsPlace;
}

const isPlace = isObjectWith({ since: isInstant, page: isCountFrom(1), begunAt: isInstant, isWhole: isBoolean });

/** Reads how far a site's questions are read. @throws CascadeError LEDGER_MALFORMED. */
export const readQuestions = readerOf<QuestionsDocument>(
  'questions',
  { t: isInstant, askedAt: isInstant, notBefore: maybe(isInstant), next: maybe(isPlace) },
  new RegExp(`^${questionsId('[a-z0-9.-]+')}$`),
);
