import type { Policy } from './policy.ts';
import type { Reason } from './reload-finished.ts';
import { durationText } from './runs/time-words.ts';

/** The code of the reason of a reload that exceeded its `timeout`, and that Cascade canceled. */
export const TIMED_OUT = 'TIMED_OUT';

/** The words for a reload that Cascade canceled: `ran longer than its timeout (2 min), and Cascade canceled it`. */
export const tooLongWords = ({ timeout }: Policy = {}): string =>
  `ran longer than its timeout${timeout === undefined ? '' : ` (${durationText(timeout)})`}, and Cascade canceled it`;

/** The same as a sentence. It stands where a failed reload has Qlik's error. */
export const tooLongReason = (policy: Policy | undefined): Reason => ({
  code: TIMED_OUT,
  message: `It ${tooLongWords(policy)}`,
});
