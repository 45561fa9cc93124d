import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { cappedStored } from '../../src/core/cap-end.ts';
import { eventId } from '../../src/core/document-ids.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { skipBadDocument } from '../../src/ledger/bad-document.ts';
import { batchEventOf, readEvent } from '../../src/ledger/documents/event.ts';
import { type HintDocument, readHint } from '../../src/ledger/documents/hint.ts';
import { readJoin } from '../../src/ledger/documents/join.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { askTenants } from './ask-tenant.ts';
import type { BatchRoom } from './batch-room.ts';
import type { BoundTenants } from './bound-tenants.ts';
import { type CollectorPorts, lastCall, storeNow } from './collector-ports.ts';
import { dueDocuments } from './due-documents.ts';
import { settleHint } from './settle-hint.ts';
import { settleJoin } from './settle-join.ts';
import { settlePosted } from './settle-posted.ts';
import { type TenantGate, tenantGate } from './tenant-gate.ts';

/** What is due, by what has to be done about it. */
interface Sorted {
  readonly room: BatchRoom;
  readonly bound: BoundTenants;
  /** What Qlik is asked for, the longest due first. */
  readonly asked: (HintDocument | OrderDocument)[];
}

/**
 * Takes up what is due, the longest due first: events that nobody resolved and orders go on to the next steps; hints and
 * posted orders are settled here, by asking Qlik.
 *
 * What a tenant does not answer does not stand in the way of what is due after it: it is due later, and so asked for after
 * that; what it was not asked for stays due. Nor does what is due of a tenant that the settings do not know, or that is
 * another one for the ledger.
 *
 * @param room - gets the events and orders.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function workDue(room: BatchRoom, bound: BoundTenants, ports: CollectorPorts): Promise<void> {
  const sorted: Sorted = { room, bound, asked: [] };
  const gate = tenantGate(bound, ports);
  for await (const document of dueDocuments(ports)) {
    await skipBadDocument(() => sortIn(document, sorted, gate, ports), ports.log);
    if (room.isFull()) break;
  }
  await settleAll(sorted, ports);
}

async function sortIn(
  document: StoredDocument,
  sorted: Sorted,
  gate: TenantGate,
  ports: CollectorPorts,
): Promise<void> {
  const { type } = document;
  if (type === 'event') await sortEvent(document, sorted, gate, ports);
  else if (type === 'hint') await sortHint(document, sorted, gate);
  else if (type === 'order') await sortOrder(document, sorted, gate);
  else if (type === 'join') await sortJoin(document, sorted, gate, ports);
  else ports.log.warn('Something is due that this version does not know', { document: document._id });
}

async function sortEvent(
  document: StoredDocument,
  { room }: Sorted,
  { hears }: TenantGate,
  ports: CollectorPorts,
): Promise<void> {
  const stored = readEvent(document);
  const event = cappedStored(stored, stored.storedAt, storeNow(ports));
  // An event of another deployment's tenant: by our chains something else would follow it, or nothing.
  if (event.resolvedAt === undefined && (await hears(event.tenant))) room.addEvent(batchEventOf(event));
}

async function sortHint(document: StoredDocument, { asked }: Sorted, { mayAsk }: TenantGate): Promise<void> {
  const hint = readHint(document);
  if (hint.settledAt === undefined && (await mayAsk(hint.tenant))) asked.push(hint);
}

async function sortOrder(
  document: StoredDocument,
  { room, asked }: Sorted,
  { knows, mayAsk }: TenantGate,
): Promise<void> {
  const order = readOrder(document);
  if (order.state === 'posted') {
    if (await mayAsk(order.tenant)) asked.push(order);
  } else if (await knows(order.tenant)) room.addOrder(order._id);
}

async function sortJoin(
  document: StoredDocument,
  { room }: Sorted,
  { knows }: TenantGate,
  ports: CollectorPorts,
): Promise<void> {
  const join = readJoin(document);
  if (await knows(join.tenant)) await settleJoin(join, room, ports);
}

/** Questions to Qlik at once. */
const AT_ONCE = 4;

async function settleAll({ room, bound, asked }: Sorted, ports: CollectorPorts): Promise<void> {
  const ask = askTenants(ports);
  const known = await knownEnds(asked, ports);
  const work = asked.map((document) => () => {
    return document.type === 'hint'
      ? settleHint(document, bound.of(document.tenant), ask, ports)
      : settlePosted(document, known.get(document._id), ask, ports);
  });
  const until = lastCall(ports);
  while (work.length > 0 && ports.now() < until) {
    const part = work.splice(0, AT_ONCE).map((settle) => skipBadDocument(settle, ports.log));
    for (const event of (await whenAllSettled(part)).flatMap((created) => created ?? [])) room.addEvent(event);
  }
}

/** The events that are stored of posted orders' reloads, by the order. */
async function knownEnds(asked: Sorted['asked'], { store }: CollectorPorts): Promise<Map<string, StoredDocument>> {
  const posted = asked.flatMap((document) =>
    document.type === 'order' && document.reloadId !== undefined
      ? [{ _id: document._id, end: eventId(document.tenant, document.reloadId) }]
      : [],
  );
  const found = await store.many(posted.map(({ end }) => end));
  return new Map(
    posted.flatMap(({ _id }, index) => {
      const event = found[index];
      return event === undefined ? [] : [[_id, event] as const];
    }),
  );
}
