import { isFinal } from '../order-state.ts';
import type { EpochMs } from '../units.ts';
import { visible } from '../visible.ts';
import type { EarlierAttempt } from './earlier-attempts.ts';
import { endWords } from './end-words.ts';
import type { OrderFact } from './facts.ts';
import { durationText, shortInstantText } from './time-words.ts';

/** An attempt of an order after one that failed. */
export interface NextAttempt {
  /** Which one it is: `attempt 2 of 3`. */
  readonly words: string;
  /** When Cascade starts it. Absent if it is started already, or if its time has come. */
  readonly at?: EpochMs;
}

/** The attempt that an open order waits for or runs. Undefined if that is its first one, or if there is no order. */
export function nextAttempt(order: OrderFact | undefined): NextAttempt | undefined {
  if (order === undefined || isFinal(order.state)) return undefined;
  const { try: number = 1, policy, dueAt, state } = order;
  if (number < 2) return undefined;
  return {
    words: `attempt ${number} of ${Math.max(1 + (policy?.retry?.attempts ?? 0), number)}`,
    ...(state === 'waiting' && dueAt !== undefined && { at: dueAt }),
  };
}

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
