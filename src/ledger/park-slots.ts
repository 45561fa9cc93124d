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
 * Finds out whether an order (a reload that Cascade owes) can share the reload of another one. If an app is busy, its
 * orders are parked: they wait. One reload can serve all parked orders with the same body (what the reload is started
 * with) and policy (`retry` and `timeout` of the link), so the later ones merge into the first. The document
 * `park:<tenant>:<app>` has a slot for each body and policy. The slot names that first order.
 *
 * A slot may be out of date, so it only says where to look. The action `reload` first stores a new order as parked.
 * Then it reads the order in the slot. If that one is parked, too, and not in doubt (surely Qlik has no reload for it),
 * the new order may merge into it. Otherwise the new order takes the slot.
 */

type Store = Pick<PatientStore, 'get' | 'put'>;
type Log = Pick<LedgerLog, 'error'>;
type Slots = ParkDocument['slots'];

/**
 * Whose reload serves an order. `mine`: its own, and the order has the slot. `other`: the reload of another parked
 * order, into which this one may merge.
 */
export type SlotOutcome = { readonly kind: 'mine' } | { readonly kind: 'other'; readonly other: OrderDocument };

/**
 * Takes the slot for a parked order, or finds the order to merge into.
 *
 * If there is an order to merge into, its slot keeps the greater hops. Hops say how many orders lead from the start of
 * a run to an order. MAX_HOPS limits them, so that a circle of apps stops. A merge must not make a run look shorter.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED: the order then perhaps has no slot, and the
 *   sweep (it runs every 5 minutes) takes it up.
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

/**
 * The greatest hops of an order and of the orders that merged into it. If the slot names another order, only the
 * order's own hops are known.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function hopsWithMerged(order: OrderDocument, store: Store, log: Log): Promise<number> {
  const slot = slotsIn(await store.get(parkId(order)), log)[slotKey(order)];
  return slot?.order === order._id ? Math.max(order.hops, slot.hops) : order.hops;
}

/**
 * Removes the slot of an order that is no longer parked. If the slot names another order, nothing changes.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function clearSlot(order: OrderDocument, store: Store, log: Log): Promise<void> {
  const key = slotKey(order);
  await changeDocument(parkId(order), store, (found) => {
    const { [key]: slot, ...others } = slotsIn(found, log);
    return { result: true, ...(slot?.order === order._id && { write: parkOf(others) }) };
  });
}

/** The slots of a document. If the document is malformed, it counts as one without slots, and is replaced. */
const slotsIn = (found: StoredDocument | undefined, log: Log): Slots => readOrLog(found, readPark, log)?.slots ?? {};

/** The name of an order's slot: a hash of its body, and its policy. One reload can serve orders with the same name. */
const slotKey = ({ body, policy }: OrderDocument): string => bodyHash(body) + policyKey(policy);

const parkOf = (slots: Slots): object => ({ schema: 1, type: 'park', slots });

/** The order in the slot, if `order` may merge into it. */
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
