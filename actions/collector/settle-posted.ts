import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { addMs } from '../../src/core/units.ts';
import type { OrderDocument } from '../../src/ledger/documents/order-document.ts';
import { endOrder } from '../../src/ledger/end-order.ts';
import { endOf, readEvent } from '../../src/ledger/read-event.ts';
import type { AskTenant } from './ask-tenant.ts';
import { type CollectorPorts, storeNow } from './collector-ports.ts';
import { createEvents } from './create-events.ts';
import { eventOfRecord } from './event-of-record.ts';

/**
 * Looks after an order whose reload was started and whose end nobody told in time: the event is there, Qlik tells the end,
 * or it is looked at again later.
 *
 * @param known - the document of its reload's event, where there is one.
 * @returns the event, where it was created here.
 */
export async function settlePosted(
  order: OrderDocument,
  known: StoredDocument | undefined,
  ask: AskTenant,
  ports: CollectorPorts,
): Promise<readonly BatchEvent[]> {
  if (known !== undefined) {
    await endByEvent(order, endOf(readEvent(known)), ports);
    return [];
  }
  const { tenant, reloadId } = order;
  if (reloadId === undefined) return later(order, ports);
  const answer = await ask(tenant, (qlik, timeout) => qlik.getReload(reloadId, timeout));
  if (answer === undefined) return [];
  const event = answer.kind === 'found' ? eventOfRecord(tenant, answer.reload) : undefined;
  return event === undefined ? later(order, ports) : createEvents([event], ports);
}

/** The order names the reload itself: that ends it also where neither an echo nor `started` does. */
async function endByEvent(order: OrderDocument, event: ReloadFinished, ports: CollectorPorts): Promise<void> {
  const ended = await endOrder(event, ports);
  if (!ended.includes(order._id)) await endOrder({ ...event, orderId: order._id }, ports);
}

async function later(order: OrderDocument, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  // A conflict is somebody's newer word on it.
  await ports.store.put({ ...order, dueAt: addMs(storeNow(ports), ports.times.postedPoll) });
  return [];
}
