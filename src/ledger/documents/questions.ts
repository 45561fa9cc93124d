import { questionsId } from '../../core/document-ids.ts';
import type { EpochMs } from '../../core/units.ts';
import { isInstant, maybe, readerOf } from '../document-reader.ts';

/**
 * `questions:<site>`: up to which activity the ledger has a site's questions, and when the site may be asked again.
 *
 * Invariant: every question up to `t` has been in the ledger. `askedAt` is written before the site is asked, by the rev, so that
 * two collectors do not ask at once.
 */
export interface QuestionsDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'questions';
  /** An activity, by the site's clock. */
  readonly t: EpochMs;
  /** When the site was last asked, by the store's clock, as `notBefore`. */
  readonly askedAt: EpochMs;
  /** Until then the site is not asked: it wants a pause, or the last questions are still being passed on. */
  readonly notBefore?: EpochMs;
}

/** Reads how far a site's questions are read. @throws CascadeError LEDGER_MALFORMED. */
export const readQuestions = readerOf<QuestionsDocument>(
  'questions',
  { t: isInstant, askedAt: isInstant, notBefore: maybe(isInstant) },
  new RegExp(`^${questionsId('[a-z0-9.-]+')}$`),
);
