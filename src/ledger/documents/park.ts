import type { OrderId } from '../../core/names.ts';
import { isCountFrom, isObjectWith, isRecordOf, isTextLike, readerOf } from '../document-reader.ts';

/**
 * A slot: an order (a reload that Cascade owes) that waits for its busy app, and the greatest hops of this order and of
 * those that merged into it. Hops count the orders since the first event of a run.
 */
export interface ParkSlot {
  readonly order: OrderId;
  readonly hops: number;
}

/**
 * `park:<tenant>:<app>`: where to look for the orders that wait for their busy app.
 *
 * Invariant: a slot only says where to look, and may be out of date. An order merges into another one only if it read
 * that one as parked and without doubt, after it was parked itself.
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
