import type { ReloadId } from '../names.ts';
import { delayAfter } from '../policy.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import type { DurationMs } from '../units.ts';
import type { OrderFact } from './facts.ts';

/** An attempt of an order's reload that another one followed, or was to follow. */
export interface EarlierAttempt {
  readonly reloadId: ReloadId;
  /** From 1. */
  readonly number: number;
  /** How many attempts the link allows in all. */
  readonly outOf: number;
  /** How long the order was to wait after it; absent if the link no longer says it. */
  readonly delay?: DurationMs;
  /** Absent if the ledger no longer has its event. */
  readonly end?: ReloadFinished;
}

/**
 * The attempts of an order before its present one, or before its last one if the order has ended; the first one first.
 *
 * @param ends - among others, the ends of the order's reloads.
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
