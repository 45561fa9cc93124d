/*
 * Commands show for which order a reload was started. An order is a reload that Cascade owes or has started. This file
 * finds the order of a reload.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { startedId } from '../../src/core/document-ids.ts';
import type { AppRef } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { OrderFact } from '../../src/core/runs/facts.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';
import { orderFact } from '../../src/ledger/read-facts.ts';
import { readable, readDocuments } from './read-documents.ts';

/** Qlik's type of a reload that was started by its API, as Cascade starts its reloads. */
const BY_API = 'external';

/** Reads the orders of an app, at most 50,000. Malformed ones are left out. */
export const ordersOf = async (
  store: Pick<CouchPort, 'range'>,
  { tenant, appId }: AppRef,
): Promise<readonly OrderFact[]> => (await readDocuments(store, `order:${tenant}:${appId}:`, orderFact)).found;

/** Makes a function that says whether a reload that ended was the reload of an order. */
export const isFor =
  ({ tenant, reloadId }: ReloadFinished) =>
  (order: OrderFact): boolean =>
    order.tenant === tenant && (order.reloadId === reloadId || order.ends.includes(reloadId));

/**
 * Finds the order for which a reload was started. Qlik's report of the end may name the order, or the document
 * `started`, which Cascade writes when Qlik accepts a reload. If neither leads to an order, and the reload may have
 * been started by API, the orders of the app are searched for it.
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

/** Reads the order of each reload that ended, if Qlik's report or the document `started` names the order. */
export async function namedOwners(
  store: Pick<CouchPort, 'many'>,
  events: readonly ReloadFinished[],
): Promise<readonly (OrderFact | undefined)[]> {
  const startedIds = events.map(({ tenant, reloadId, orderId }) => (orderId ? undefined : startedId(tenant, reloadId)));
  const started = await readMany(store, startedIds, readStarted);
  const orderIds = events.map(({ orderId }, index) => orderId ?? started[index]?.order);
  return readMany(store, orderIds, orderFact);
}

/**
 * Reads documents by their ids, as `read` returns them; undefined for an absent id, and for a missing or malformed
 * document.
 */
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
