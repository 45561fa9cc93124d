import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { parkId } from '../core/document-ids.ts';
import { bodyHash } from './body-hash.ts';
import { type OrderDocument, readOrder } from './documents/order.ts';
import { type ParkDocument, type ParkSlot, readPark } from './documents/park.ts';
import type { LedgerLog } from './ledger-log.ts';
import { readOrTell, refusedError } from './malformed.ts';
import { type Patience, tryOn } from './try-on.ts';

/*
 * The protocol of `park:<tenant>:<app>`. Its slots say where to look for an order that waits for its busy app; they may be
 * stale, and prove nothing. An order merges only into one that it read as parked and without doubt after it was parked
 * itself: that one's reload cannot have begun before. In every other case it takes the slot.
 */

type Store = Pick<CouchPort, 'get' | 'put'>;
/** Slots prove nothing: a document that somebody spoilt is told in the log, taken for empty, and written anew. */
type ParkPatience = Patience & { readonly log: Pick<LedgerLog, 'error'> };
type Slots = Pick<ParkDocument, '_rev' | 'slots'>;

/** Who does an order's reload: itself, or the parked order that it may merge into. */
export type SlotOutcome = { readonly kind: 'mine' } | { readonly kind: 'other'; readonly other: OrderDocument };

/** More writers than this of one app's slots at once are no race of ours. */
const MOST_TRIES = 20;

/**
 * Takes the slot of a parked order's body, or finds who has it. Of an order to merge into the slot's hops are raised first.
 *
 * @throws CascadeError STORE_UNAVAILABLE: the order then is parked without a slot, and looks by itself.
 */
export async function takeSlot(order: OrderDocument, store: Store, patience: ParkPatience): Promise<SlotOutcome> {
  const hash = bodyHash(order.body);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const park = await readSlots(order, store, patience);
    const slot = park?.slots[hash];
    if (slot?.order === order._id) return { kind: 'mine' };
    const other = await mergeable(order, slot, store, patience);
    if (other !== undefined && slot !== undefined && slot.hops >= order.hops) return { kind: 'other', other };
    const next = { order: other?._id ?? order._id, hops: order.hops };
    const isWritten = await putSlots(order, park, { ...park?.slots, [hash]: next }, store, patience);
    if (isWritten) return other === undefined ? { kind: 'mine' } : { kind: 'other', other };
  }
  throw new CascadeError('STORE_UNAVAILABLE', `The slots of ${parkId(order)} change faster than they can be written`);
}

/** How far the orders that merged into this one are from their roots: at least its own hops. */
export async function hopsWithMerged(order: OrderDocument, store: Store, patience: ParkPatience): Promise<number> {
  const slot = (await readSlots(order, store, patience))?.slots[bodyHash(order.body)];
  return slot?.order === order._id ? Math.max(order.hops, slot.hops) : order.hops;
}

/** Takes an order out of its slot: it waits no more. Another order's slot is left alone. */
export async function clearSlot(order: OrderDocument, store: Store, patience: ParkPatience): Promise<void> {
  const hash = bodyHash(order.body);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const park = await readSlots(order, store, patience);
    if (park?.slots[hash]?.order !== order._id) return;
    const { [hash]: _, ...others } = park.slots;
    if (await putSlots(order, park, others, store, patience)) return;
  }
}

async function readSlots(order: OrderDocument, store: Store, patience: ParkPatience): Promise<Slots | undefined> {
  const { value: found } = await tryOn(() => store.get(parkId(order)), patience);
  if (found === undefined) return undefined;
  return readOrTell(found, readPark, patience.log) ?? { _rev: found._rev, slots: {} };
}

async function mergeable(
  order: OrderDocument,
  slot: ParkSlot | undefined,
  store: Store,
  patience: ParkPatience,
): Promise<OrderDocument | undefined> {
  if (slot === undefined) return undefined;
  const { value: found } = await tryOn(() => store.get(slot.order), patience);
  const other = readOrTell(found, readOrder, patience.log);
  const isWaiting = other?.state === 'parked' && other.doubt === undefined;
  return isWaiting && parkId(other) === parkId(order) && bodyHash(other.body) === bodyHash(order.body)
    ? other
    : undefined;
}

async function putSlots(
  order: OrderDocument,
  park: Slots | undefined,
  slots: ParkDocument['slots'],
  store: Store,
  patience: Patience,
): Promise<boolean> {
  const rev = park === undefined ? {} : { _rev: park._rev };
  const document = { _id: parkId(order), ...rev, schema: 1, type: 'park', slots };
  const { value: written } = await tryOn(() => store.put(document), patience);
  if (written.kind === 'refused') throw refusedError(document._id, written);
  return written.kind === 'stored';
}
