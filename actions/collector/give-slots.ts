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
 * Gives the orders that wait for their tenants' rate limits the slots until the next sweep, so that they do not all start at
 * once. Who has waited longest comes first. An order that gets no slot stays due, and comes with a later sweep.
 *
 * @param waiting - the longest due first.
 * @param now - the store's clock.
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
    const { before, slots } = await takeSlots(tenant, wanted, store, log);
    slots.forEach((at, index) => {
      const order = orders[before + index]?._id;
      if (order !== undefined) room.add({ order, at });
    });
  }
}
