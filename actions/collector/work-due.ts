import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { OrderId } from '../../src/core/names.ts';
import { isFinal } from '../../src/core/order-state.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import type { HintDocument } from '../../src/ledger/documents/hint-document.ts';
import type { OrderDocument } from '../../src/ledger/documents/order-document.ts';
import { orMalformed } from '../../src/ledger/or-malformed.ts';
import { batchEventOf, readEvent } from '../../src/ledger/read-event.ts';
import { readHint } from '../../src/ledger/read-hint.ts';
import { readOrder } from '../../src/ledger/read-order.ts';
import { askTenants } from './ask-tenant.ts';
import { type CollectorPorts, lastCall, storeNow } from './collector-ports.ts';
import { settleHint } from './settle-hint.ts';
import { settlePosted } from './settle-posted.ts';

/** What is left to be done by the next steps. */
export interface DueWork {
  readonly events: readonly BatchEvent[];
  readonly orders: readonly OrderId[];
}

/** So many documents are read at once, and so many pages in one sweep: the rest is due in the next. */
const PAGE = 200;
const MOST_PAGES = 5;
/** What the next steps are given has to fit into OpenWhisk's megabyte. */
const MOST_EVENTS = 200;
const MOST_ORDERS = 500;

interface Sorted {
  readonly events: BatchEvent[];
  readonly orders: OrderId[];
  readonly posted: OrderDocument[];
  readonly hints: HintDocument[];
}

/**
 * Takes up what is due, the longest due first: events that nobody resolved and orders go on to the next steps; hints and
 * posted orders are settled here, by asking Qlik.
 *
 * What a tenant does not answer stays due, and does not stand in the way of what is due after it.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function workDue(ports: CollectorPorts): Promise<DueWork> {
  const sorted: Sorted = { events: [], orders: [], posted: [], hints: [] };
  for (const document of await dueDocuments(ports)) {
    await orMalformed(() => sortIn(document, sorted, ports), undefined, ports.log);
  }
  const settled = await settleAll(sorted, ports);
  return {
    events: [...sorted.events.slice(0, MOST_EVENTS), ...settled],
    orders: sorted.orders.slice(0, MOST_ORDERS),
  };
}

/** Pages overlap at their bound: many documents may be due in the same millisecond. */
async function dueDocuments({ store, now }: CollectorPorts): Promise<readonly StoredDocument[]> {
  const found = new Map<string, StoredDocument>();
  const until = storeNow({ store, now });
  let from = 0 as EpochMs;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const seen = [...found.values()].filter(({ dueAt }) => dueAt === from).length;
    const { documents, isFull } = await store.due({ from, until, limit: PAGE + seen });
    for (const document of documents) found.set(document._id, document);
    const last = documents.at(-1)?.['dueAt'];
    if (!isFull || typeof last !== 'number') break;
    from = last as EpochMs;
  }
  return [...found.values()];
}

function sortIn(document: StoredDocument, sorted: Sorted, { log }: CollectorPorts): void {
  const { type } = document;
  if (type === 'event') sortEvent(document, sorted);
  else if (type === 'hint') sortHint(document, sorted);
  else if (type === 'order') sortOrder(document, sorted);
  else log.warn('Something is due that this version does not know', { document: document._id });
}

function sortEvent(document: StoredDocument, { events }: Sorted): void {
  const event = readEvent(document);
  if (event.resolvedAt === undefined) events.push(batchEventOf(event));
}

function sortHint(document: StoredDocument, { hints }: Sorted): void {
  const hint = readHint(document);
  if (hint.settledAt === undefined) hints.push(hint);
}

function sortOrder(document: StoredDocument, { orders, posted }: Sorted): void {
  const order = readOrder(document);
  if (order.state === 'posted') posted.push(order);
  else if (!isFinal(order.state)) orders.push(order._id);
}

/** Questions to Qlik at once. */
const AT_ONCE = 4;

async function settleAll({ posted, hints }: Sorted, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  const ask = askTenants(ports);
  const known = await ports.store.many(
    posted.map(({ _id, tenant, reloadId }) => (reloadId === undefined ? _id : eventId(tenant, reloadId))),
  );
  const work = [
    ...hints.map((hint) => () => settleHint(hint, ask, ports)),
    ...posted.map((order, index) => () => {
      const event = order.reloadId === undefined ? undefined : known[index];
      return settlePosted(order, event, ask, ports);
    }),
  ];
  const created: BatchEvent[] = [];
  const until = lastCall(ports);
  while (work.length > 0 && ports.now() < until && created.length < MOST_EVENTS) {
    const part = work.splice(0, AT_ONCE).map((settle) => orMalformed(settle, [], ports.log));
    created.push(...(await whenAllSettled(part)).flat());
  }
  return created;
}
