import type { EpochMs } from '../units.ts';
import { visible } from '../visible.ts';
import type { EarlierAttempt } from './earlier-attempts.ts';
import { endWords } from './end-words.ts';
import type { OrderFact } from './facts.ts';
import { durationText, shortInstantText } from './time-words.ts';

/**
 * Describes an earlier attempt of an order in a sentence, for `cascade why`: how it ended, when, and the delay after
 * it. An order is a reload that Cascade owes. If the reload fails, the order may have several attempts.
 */
export function attemptWords(
  { reloadId, number, outOf, delay, end }: EarlierAttempt,
  order: OrderFact,
  now: EpochMs,
): string {
  const which = `Attempt ${number} of ${outOf}`;
  const after = delay === undefined ? '' : ` Delay after it: ${durationText(delay)}.`;
  if (end === undefined) return `${which}: the ledger no longer has its end (reload ${reloadId}).${after}`;
  const why = end.error === undefined ? '' : `: ${visible(end.error.message.trim()).replace(/\.$/, '')}`;
  return `${which} ${endWords(end, order)} at ${shortInstantText(end.endedAt, now)} (reload ${reloadId})${why}.${after}`;
}
