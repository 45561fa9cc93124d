import type { OrderId } from '../../core/names.ts';
import { isCountFrom, isObjectWith, isRecordOf, isTextLike, readerOf } from '../document-reader.ts';

/** Who is parked for an app with one body, and the greatest hops of what merged into it. */
export interface ParkSlot {
  readonly order: OrderId;
  readonly hops: number;
}

/**
 * `park:<tenant>:<app>`: where to look for an order that waits for its busy app. No proof: the order's own document is.
 *
 * Invariant: a slot only says where to look, and may be out of date. An order merges into another one only if it read
 * that one as parked and without doubt, after it was parked itself.
 */
export interface ParkDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'park';
  /** By the hash of the body: only equal bodies merge. */
  readonly slots: Readonly<Record<string, ParkSlot>>;
}

const isSlot = isObjectWith({ order: isTextLike(/^order:/), hops: isCountFrom(0) });

/** Reads who is parked for an app. @throws CascadeError LEDGER_MALFORMED. */
export const readPark = readerOf<ParkDocument>(
  'park',
  { slots: isRecordOf(isSlot) },
  /^park:[a-z0-9-]+:[A-Za-z0-9-]+$/,
);
