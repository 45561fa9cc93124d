import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { startedId } from '../../src/core/document-ids.ts';
import type { AppRef } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { OrderFact } from '../../src/core/runs/facts.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';
import { orderFact, readable, readDocuments } from './read-documents.ts';

/** The type that Qlik gives to reloads that were started by its API, as Cascade starts all of its own. */
const BY_API = 'external';

/** The orders of an app. */
export const ordersOf = async (
  store: Pick<CouchPort, 'range'>,
  { tenant, appId }: AppRef,
): Promise<readonly OrderFact[]> => (await readDocuments(store, `order:${tenant}:${appId}:`, orderFact)).found;

/** Whether the reload that ended was an order's. */
export const isFor =
  ({ tenant, reloadId }: ReloadFinished) =>
  (order: OrderFact): boolean =>
    order.tenant === tenant && (order.reloadId === reloadId || order.ends.includes(reloadId));

/**
 * The order whose reload ended. Qlik repeats its id, or the document `started` has it. If both are missing, the orders of the
 * app are searched for the reload.
 */
export async function ownerOf(
  store: Pick<CouchPort, 'range' | 'many'>,
  event: ReloadFinished,
): Promise<OrderFact | undefined> {
  const { tenant, appId, startedBy = BY_API } = event;
  const [order] = await namedOwners(store, [event]);
  if (order !== undefined || startedBy !== BY_API) return order;
  return (await ordersOf(store, { tenant, appId })).find(isFor(event));
}

/** The order of each of the reloads that ended, if Qlik repeats its id or the document `started` has it. */
export async function namedOwners(
  store: Pick<CouchPort, 'many'>,
  events: readonly ReloadFinished[],
): Promise<readonly (OrderFact | undefined)[]> {
  const startedIds = events.map(({ tenant, reloadId, orderId }) => (orderId ? undefined : startedId(tenant, reloadId)));
  const started = await readMany(store, startedIds, readStarted);
  const orderIds = events.map(({ orderId }, index) => orderId ?? started[index]?.order);
  return readMany(store, orderIds, orderFact);
}

/** The documents with these ids, as `read` sees them. Each is undefined if it is missing or malformed, or its id is absent. */
export async function readMany<T>(
  store: Pick<CouchPort, 'many'>,
  ids: readonly (string | undefined)[],
  read: (document: StoredDocument) => T,
): Promise<readonly (T | undefined)[]> {
  const asked = [...new Set(ids.filter((id) => id))] as string[];
  const found = asked.length === 0 ? [] : await store.many(asked);
  const documents = new Map(found.map((document, index) => [asked[index], document]));
  return ids.map((id) => readable(documents.get(id), read));
}
