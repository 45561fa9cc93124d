import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Slot } from '../../src/contracts/batch.ts';
import { isJsonObject } from '../../src/core/json-fields.ts';
import { addMs, type EpochMs } from '../../src/core/units.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { takeSlots } from '../../src/ledger/gate.ts';
import type { Room } from './batch-room.ts';
import type { CollectorPorts } from './collector-ports.ts';

/** Whether a document is an order that waits for its tenant's rate limit. */
export const isAtGate = ({ type, state, reason }: StoredDocument): boolean =>
  type === 'order' && state === 'waiting' && isJsonObject(reason) && reason['code'] === 'QLIK_RATE_LIMITED';

/**
 * Gives slots to the orders (reloads that Cascade owes) that wait for a tenant's rate limit. A slot is the instant at
 * which one order may start. The slots of a tenant are 1.225 s apart, so that the orders do not start all at once and
 * exceed the limit again. Qlik takes 250 starts in 5 minutes.
 *
 * The order that has waited longest gets the first slot. The sweep runs every 5 minutes, and gives slots for the 5
 * minutes ahead. Orders without a slot wait for the next sweep.
 *
 * @param waiting - the order that has been due longest comes first.
 * @param now - the store's clock.
 * @param room - gets the slots, for the invoker.
 */
export async function giveSlots(
  waiting: readonly OrderDocument[],
  now: EpochMs,
  room: Room<Slot>,
  { store, times, log }: Pick<CollectorPorts, 'store' | 'times' | 'log'>,
): Promise<void> {
  for (const tenant of new Set(waiting.map((order) => order.tenant))) {
    const orders = waiting.filter((order) => order.tenant === tenant);
    const until = addMs(now, times.slotsAhead);
    const wanted = { waiting: orders.length, after: now, until, spacing: times.slotSpacing };
    // The first `before` orders have slots from an earlier sweep.
    const { before, slots } = await takeSlots(tenant, wanted, store, log);
    slots.forEach((at, index) => {
      const order = orders[before + index]?._id;
      if (order !== undefined) room.add({ order, at });
    });
  }
}
