import type { OrderId } from '../../core/names.ts';
import { isCountFrom, isObjectWith, isRecordOf, isTextLike, readerOf } from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/**
 * A slot: the order (a reload that Cascade owes) into which later ones may merge, and the greatest hops of it and of
 * all that merged. Hops say how many orders lead from the start of a run to an order. A run is all that followed from
 * one end or one reload by hand.
 */
export interface ParkSlot {
  readonly order: OrderId;
  readonly hops: number;
}

/**
 * `park:<tenant>:<app>`: where to look for orders that are parked, that is, wait because their app is busy with another
 * reload. The action `reload` looks here for an order into which another one can merge, so that one reload serves both.
 * When the app's reload ends, the action `resolver` looks here for the orders that can start. An order is in doubt if
 * Qlik may have accepted a POST for it.
 *
 * Invariant: a slot only says where to look, and may be out of date. An order merges into another one only if it read
 * that one as parked and without doubt, after it was parked itself.
 */
export interface ParkDocument extends StoredAs<'park'> {
  /**
   * By what the orders ask for: the key is a hash of the reload's body, followed by the policy (`retry` and `timeout`
   * of the link). Only orders with the same key merge.
   */
  readonly slots: Readonly<Record<string, ParkSlot>>;
}

const isSlot = isObjectWith({ order: isTextLike(/^order:/), hops: isCountFrom(0) });

/** Reads the slots of an app's parked orders. @throws CascadeError LEDGER_MALFORMED. */
export const readPark = readerOf<ParkDocument>(
  'park',
  { slots: isRecordOf(isSlot) },
  /^park:[a-z0-9-]+:[A-Za-z0-9-]+$/,
);
