/*
 * A composite link waits for several apps, and then calls for one order (a reload that Cascade owes). If an activation
 * died before the order was created, the app would not be reloaded. So the sweep, which runs every 5 minutes, creates
 * the order here.
 */

import type { OrderId } from '../../src/core/names.ts';
import { type JoinDocument, joinFields } from '../../src/ledger/documents/join.ts';
import { newOrder } from '../../src/ledger/documents/order.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import type { Room } from './batch-room.ts';
import { type CollectorPorts, putOrLog } from './collector-ports.ts';

/**
 * Creates the orders that a composite link called for and that nobody has created yet. They are in the list `open` of
 * the link's document.
 *
 * Usually the resolver writes an order into `open`, and a moment later the invoker creates the order. If an activation
 * dies in between, nobody creates it. So the document is due while `open` has orders. The sweep then creates the
 * missing orders and removes them from `open`.
 *
 * @param room - gets the orders that this call created, so that they are started next. Orders that exist already were
 *   created by another activation, which starts them.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: the document stays due.
 */
export async function settleJoin(join: JoinDocument, room: Room<OrderId>, ports: CollectorPorts): Promise<void> {
  const { store, times, log } = ports;
  const now = storeTime(ports);
  const documents = join.open.map(({ lineage, traceId, ...order }) =>
    newOrder(order, lineage, { traceId, now, times }),
  );
  // The copy is for TypeScript: an interface alone is no `NewDocument`.
  const rows = await store.bulk(documents.map((document) => ({ ...document })));
  // An order stays in `open` if a later try may store it. An order that CouchDB refuses for good leaves `open`: the
  // store (`alertRefusals`) has raised an alert about it.
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
