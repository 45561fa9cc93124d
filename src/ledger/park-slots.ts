import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { parkId } from '../core/document-ids.ts';
import { policyKey } from '../core/policy.ts';
import { readOrLog } from './bad-document.ts';
import { bodyHash } from './body-hash.ts';
import { type Change, changeDocument } from './change-document.ts';
import { type OrderDocument, readOrder } from './documents/order.ts';
import { type ParkDocument, type ParkSlot, readPark } from './documents/park.ts';
import type { LedgerLog } from './ledger-log.ts';
import type { PatientStore } from './patient-store.ts';

/*
 * The protocol of `park:<tenant>:<app>`. A slot names the order that waits for the busy app with one body and policy. It may be out
 * of date, so it proves nothing. An order first parks itself, then reads the slot's order. It merges only into an order
 * that is then parked and without doubt: that order's reload cannot have begun before. Else it takes the slot.
 */

type Store = Pick<PatientStore, 'get' | 'put'>;
type Log = Pick<LedgerLog, 'error'>;
type Slots = ParkDocument['slots'];

/** Who does an order's reload: itself, or the parked order that it may merge into. */
export type SlotOutcome = { readonly kind: 'mine' } | { readonly kind: 'other'; readonly other: OrderDocument };

/**
 * Takes the slot of a parked order's body, or finds the order to merge into. That order's slot first gets the greater hops.
 *
 * @throws CascadeError STORE_UNAVAILABLE: then the order is parked without a slot, and looks at its app by itself.
 */
export async function takeSlot(order: OrderDocument, store: Store, log: Log): Promise<SlotOutcome> {
  const key = slotKey(order);
  const outcome = await changeDocument(parkId(order), store, async (found): Promise<Change<SlotOutcome>> => {
    const slots = slotsIn(found, log);
    const slot = slots[key];
    if (slot?.order === order._id) return { result: { kind: 'mine' } };
    const other = await mergeable(order, slot, store, log);
    const result: SlotOutcome = other === undefined ? { kind: 'mine' } : { kind: 'other', other };
    if (other !== undefined && slot !== undefined && slot.hops >= order.hops) return { result };
    const next = { order: other?._id ?? order._id, hops: order.hops };
    return { result, write: parkOf({ ...slots, [key]: next }) };
  });
  if (outcome !== undefined) return outcome;
  throw new CascadeError('STORE_UNAVAILABLE', `The slots of ${parkId(order)} change faster than they can be written`);
}

/** The hops of an order and of those that merged into it: the greatest. */
export async function hopsWithMerged(order: OrderDocument, store: Store, log: Log): Promise<number> {
  const slot = slotsIn(await store.get(parkId(order)), log)[slotKey(order)];
  return slot?.order === order._id ? Math.max(order.hops, slot.hops) : order.hops;
}

/** Takes an order that waits no more out of its slot. Another order's slot is left alone. */
export async function clearSlot(order: OrderDocument, store: Store, log: Log): Promise<void> {
  const key = slotKey(order);
  await changeDocument(parkId(order), store, (found) => {
    const { [key]: slot, ...others } = slotsIn(found, log);
    return { result: true, ...(slot?.order === order._id && { write: parkOf(others) }) };
  });
}

/** A malformed document has no slots, and is written anew. */
const slotsIn = (found: StoredDocument | undefined, log: Log): Slots => readOrLog(found, readPark, log)?.slots ?? {};

/** Equal for orders that one reload can do for. */
const slotKey = ({ body, policy }: OrderDocument): string => bodyHash(body) + policyKey(policy);

const parkOf = (slots: Slots): object => ({ schema: 1, type: 'park', slots });

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
  return isWaiting && parkId(other) === parkId(order) && slotKey(other) === slotKey(order) ? other : undefined;
}
