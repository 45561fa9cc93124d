import type { OrderId } from '../../src/core/names.ts';
import { type JoinDocument, joinFields } from '../../src/ledger/documents/join.ts';
import { newOrder } from '../../src/ledger/documents/order.ts';
import type { Room } from './batch-room.ts';
import { type CollectorPorts, putOrLog, storeNow } from './collector-ports.ts';

/**
 * Empties the list `open` of a composite link's document. It has the orders that the link called for.
 *
 * The resolver writes an order into `open`, and the invoker creates it a moment later. If an activation dies in between,
 * nobody creates it. So the document is due: the sweep creates what is missing, and takes all orders out of `open`.
 *
 * @param room - gets the orders that this sweep created, so that they are started next. Whoever created the others starts
 *   them.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: the document stays due.
 */
export async function settleJoin(join: JoinDocument, room: Room<OrderId>, ports: CollectorPorts): Promise<void> {
  const { store, times, log } = ports;
  const now = storeNow(ports);
  const documents = join.open.map(({ lineage, traceId, ...order }) =>
    newOrder(order, lineage, { traceId, now, times }),
  );
  const rows = await store.bulk(documents.map((document) => ({ ...document })));
  // If CouchDB did not take an order, the next sweep tries again. If CouchDB refuses it for good, no later try can store it: it
  // has an alert, and leaves the list like those that exist.
  const open = join.open.filter((_, index) => {
    const row = rows[index];
    return row === undefined || (row.kind === 'refused' && !row.isForGood);
  });
  for (const [index, row] of rows.entries()) {
    const order = join.open[index]?.order;
    if (row.kind === 'stored' && order !== undefined) {
      log.info('The sweep created an order that a composite link had called for', { order });
      room.add(order);
    }
  }
  const { chain, tenant, appId, clause, rule, _id, _rev } = join;
  const link = { chain, target: { tenant, appId }, clause, join: rule };
  await putOrLog({ ...joinFields(link, { ...join, open }, { now, times }), _id, _rev }, ports);
}
