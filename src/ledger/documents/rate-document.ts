import type { OrderId } from '../../core/names.ts';
import type { EpochMs } from '../../core/units.ts';

/** An order whose reload was allowed to start. */
export interface CountedStart {
  readonly order: OrderId;
  /** The store's clock. */
  readonly at: EpochMs;
}

/**
 * `rate:<tenant>:<app>`: which orders of an app were allowed to start in the last hour, if nobody can count their hops.
 *
 * Invariant: an order stands in it before its POST is sent, once however often it is tried; the oldest comes first.
 */
export interface RateDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'rate';
  readonly starts: readonly CountedStart[];
}
