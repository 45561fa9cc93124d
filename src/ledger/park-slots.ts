import { CascadeError } from '../core/cascade-error.ts';
import { parkId } from '../core/document-ids.ts';
import { readOrLog, refusedError } from './bad-document.ts';
import { bodyHash } from './body-hash.ts';
import { type OrderDocument, readOrder } from './documents/order.ts';
import { type ParkDocument, type ParkSlot, readPark } from './documents/park.ts';
import type { LedgerLog } from './ledger-log.ts';
import type { PatientStore } from './patient-store.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/*
 * The protocol of `park:<tenant>:<app>`. Its slots say where to look for an order that waits for its busy app; they may be
 * stale, and prove nothing. An order merges only into one that it read as parked and without doubt after it was parked
 * itself: that one's reload cannot have begun before. In every other case it takes the slot.
 */

type Store = Pick<PatientStore, 'get' | 'put'>;
/** Slots prove nothing: a document that somebody spoilt is told in the log, taken for empty, and written anew. */
type Log = Pick<LedgerLog, 'error'>;
type Slots = Pick<ParkDocument, '_rev' | 'slots'>;

/** Who does an order's reload: itself, or the parked order that it may merge into. */
export type SlotOutcome = { readonly kind: 'mine' } | { readonly kind: 'other'; readonly other: OrderDocument };

/**
 * Takes the slot of a parked order's body, or finds who has it. Of an order to merge into the slot's hops are raised first.
 *
 * @throws CascadeError STORE_UNAVAILABLE: the order then is parked without a slot, and looks by itself.
 */
export async function takeSlot(order: OrderDocument, store: Store, log: Log): Promise<SlotOutcome> {
  const hash = bodyHash(order.body);
  const outcome = await retryOnConflict(async (): Promise<SlotOutcome | undefined> => {
    const park = await readSlots(order, store, log);
    const slot = park?.slots[hash];
    if (slot?.order === order._id) return { kind: 'mine' };
    const other = await mergeable(order, slot, store, log);
    const taken: SlotOutcome = other === undefined ? { kind: 'mine' } : { kind: 'other', other };
    if (other !== undefined && slot !== undefined && slot.hops >= order.hops) return taken;
    const next = { order: other?._id ?? order._id, hops: order.hops };
    return (await putSlots(order, park, { ...park?.slots, [hash]: next }, store)) ? taken : undefined;
  });
  if (outcome !== undefined) return outcome;
  throw new CascadeError('STORE_UNAVAILABLE', `The slots of ${parkId(order)} change faster than they can be written`);
}

/** How far the orders that merged into this one are from their roots: at least its own hops. */
export async function hopsWithMerged(order: OrderDocument, store: Store, log: Log): Promise<number> {
  const slot = (await readSlots(order, store, log))?.slots[bodyHash(order.body)];
  return slot?.order === order._id ? Math.max(order.hops, slot.hops) : order.hops;
}

/** Takes an order out of its slot: it waits no more. Another order's slot is left alone. */
export async function clearSlot(order: OrderDocument, store: Store, log: Log): Promise<void> {
  const hash = bodyHash(order.body);
  await retryOnConflict(async () => {
    const park = await readSlots(order, store, log);
    if (park?.slots[hash]?.order !== order._id) return true;
    const { [hash]: _, ...others } = park.slots;
    return (await putSlots(order, park, others, store)) ? true : undefined;
  });
}

async function readSlots(order: OrderDocument, store: Store, log: Log): Promise<Slots | undefined> {
  const found = await store.get(parkId(order));
  if (found === undefined) return undefined;
  return readOrLog(found, readPark, log) ?? { _rev: found._rev, slots: {} };
}

async function mergeable(
  order: OrderDocument,
  slot: ParkSlot | undefined,
  store: Store,
  log: Log,
): Promise<OrderDocument | undefined> {
  if (slot === undefined) return undefined;
  const found = await store.get(slot.order);
  const other = readOrLog(found, readOrder, log);
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
): Promise<boolean> {
  const rev = park === undefined ? {} : { _rev: park._rev };
  const document = { _id: parkId(order), ...rev, schema: 1, type: 'park', slots };
  const written = await store.put(document);
  if (written.kind === 'refused') throw refusedError(document._id, written);
  return written.kind === 'stored';
}
