import type { OrderId } from '../../core/names.ts';
import { isCountFrom, isObjectWith, isRecordOf, isTextLike, readerOf } from '../document-reader.ts';

/**
 * A slot: an order that waits for its busy app, and the greatest hops of this order and of those that merged into it.
 * Hops say how far an order is from the root of its run.
 */
export interface ParkSlot {
  readonly order: OrderId;
  readonly hops: number;
}

/**
 * `park:<tenant>:<app>`: where to look for the orders that wait for their busy app.
 *
 * Invariant: a slot may be out of date, because only an order's own document proves that the order waits. An order merges
 * into another one only if it was parked first and then read that other order as parked and not in doubt.
 */
export interface ParkDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'park';
  /**
   * By body and policy: only orders that are equal in both merge. The key is a hash of the body, followed by the policy.
   */
  readonly slots: Readonly<Record<string, ParkSlot>>;
}

const isSlot = isObjectWith({ order: isTextLike(/^order:/), hops: isCountFrom(0) });

/** Reads the orders that are parked for an app. @throws CascadeError LEDGER_MALFORMED. */
export const readPark = readerOf<ParkDocument>(
  'park',
  { slots: isRecordOf(isSlot) },
  /^park:[a-z0-9-]+:[A-Za-z0-9-]+$/,
);
