import type { ReloadOrder } from '../core/order.ts';
import type { Ignored } from '../core/reload-finished.ts';
import type { Skip } from '../core/skip.ts';
import type { EpochMs } from '../core/units.ts';

/** What the resolver passes to the invoker, under the one key `plan`. */
export interface Plan {
  readonly traceId: string;
  readonly source: 'webhook';
  readonly receivedAt: EpochMs;
  readonly orders: readonly ReloadOrder[];
  readonly skips: readonly Skip[];
  readonly ignored: readonly Ignored[];
  /** Where the invoker handed orders to a later invocation of itself: how many came before this one, from 1. */
  readonly carries?: number;
}
