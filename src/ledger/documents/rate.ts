import type { OrderId } from '../../core/names.ts';
import type { EpochMs } from '../../core/units.ts';
import { isInstant, isListOf, isObjectWith, isTextLike, readerOf } from '../document-reader.ts';

/** An order whose reload was allowed to start. */
export interface CountedStart {
  readonly order: OrderId;
  /** The store's clock. */
  readonly at: EpochMs;
}

/**
 * `rate:<tenant>:<app>`: which orders (reloads that Cascade owes) of an app were allowed to start in the last hour. It has
 * only orders whose hops nobody can count. Hops count the orders since the first event of a run. A limit of hops stops apps
 * that would reload each other for ever.
 *
 * Invariant: an order is in the list before its POST is sent, and only once, however often it is tried. The oldest
 * comes first.
 */
export interface RateDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'rate';
  readonly starts: readonly CountedStart[];
}

const isStart = isObjectWith({ order: isTextLike(/^order:/), at: isInstant });

/** Reads which orders of an app were allowed to start. @throws CascadeError LEDGER_MALFORMED. */
export const readRate = readerOf<RateDocument>(
  'rate',
  { starts: isListOf(isStart) },
  /^rate:[a-z0-9-]+:[A-Za-z0-9-]+$/,
);
