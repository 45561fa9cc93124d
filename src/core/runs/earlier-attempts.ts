import type { ReloadId } from '../names.ts';
import { delayAfter } from '../policy.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import type { DurationMs } from '../units.ts';
import type { OrderFact } from './facts.ts';

/**
 * An attempt that was not the order's last one. An order is a reload that Cascade owes. If the reload fails, another
 * attempt may follow. `cascade runs`, `cascade why` and the dashboard show the attempts.
 */
export interface EarlierAttempt {
  readonly reloadId: ReloadId;
  /** From 1. */
  readonly number: number;
  /** How many attempts the chain file allows in all; how many there were, if that is more. */
  readonly outOf: number;
  /** The delay after this attempt. Absent if the order has no `retry`. */
  readonly delay?: DurationMs;
  /** How the attempt ended. Absent if the ledger (Cascade's memory) no longer has the event, that is, the end. */
  readonly end?: ReloadFinished;
}

/**
 * Lists the attempts of an order before its present one, the first one first. If the order has ended, these are the
 * attempts before its last one.
 *
 * @param ends - the ends of the order's reloads. Other ends may be among them.
 */
export function earlierAttempts(order: OrderFact, ends: readonly ReloadFinished[]): readonly EarlierAttempt[] {
  const retry = order.policy?.retry;
  const reloads = order.ends.filter((reloadId) => reloadId !== order.reloadId);
  return reloads.map((reloadId, index): EarlierAttempt => {
    const number = index + 1;
    const end = ends.find((each) => each.tenant === order.tenant && each.reloadId === reloadId);
    return {
      ...{ reloadId, number, outOf: Math.max(1 + (retry?.attempts ?? 0), order.ends.length) },
      ...(retry !== undefined && { delay: delayAfter(number, retry) }),
      ...(end !== undefined && { end }),
    };
  });
}
