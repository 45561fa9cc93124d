import type { OrderId } from '../../core/names.ts';
import { isCountFrom, isObjectWith, isRecordOf, isTextLike, readerOf } from '../document-reader.ts';

/** The order that is parked for an app with one body and policy, and the greatest hops of the orders that merged into it. */
export interface ParkSlot {
  readonly order: OrderId;
  readonly hops: number;
}

/**
 * `park:<tenant>:<app>`: where to look for the orders that wait for their busy app. Only an order's own document proves that it waits.
 *
 * Invariant: a slot only says where to look, and may be out of date. An order merges into another one only if it read
 * that one as parked and without doubt, after it was parked itself.
 */
export interface ParkDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'park';
  /** By the hash of the body, then the policy: only orders equal in both merge. */
  readonly slots: Readonly<Record<string, ParkSlot>>;
}

const isSlot = isObjectWith({ order: isTextLike(/^order:/), hops: isCountFrom(0) });

/** Reads the orders that are parked for an app. @throws CascadeError LEDGER_MALFORMED. */
export const readPark = readerOf<ParkDocument>(
  'park',
  { slots: isRecordOf(isSlot) },
  /^park:[a-z0-9-]+:[A-Za-z0-9-]+$/,
);
