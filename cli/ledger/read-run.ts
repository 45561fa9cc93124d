/*
 * `cascade runs <run>` and `cascade logs <id>` work on one run: a first reload, and all reloads that followed from it.
 * This file finds the run by the id of any reload, event or order in it.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { eventId, startedId } from '../../src/core/document-ids.ts';
import type { ReloadId, TenantName } from '../../src/core/names.ts';
import type { Run } from '../../src/core/runs/group-runs.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';
import { eventFact } from '../../src/ledger/read-facts.ts';
import { CollectedHistory } from './collected-history.ts';
import { readable } from './read-documents.ts';
import { ownerOf } from './read-owner.ts';
import { readRecentRuns } from './read-recent-runs.ts';

const EVERYTHING = { limit: Number.POSITIVE_INFINITY, oldest: 0 as EpochMs };

/** The runs that were read. The one that was asked for is among them, if it was found. */
export interface FoundRuns {
  readonly runs: readonly Run[];
  /** Sentences about what was left out. */
  readonly missing: readonly string[];
}

/**
 * Reads each whole run that has an event (a reload that ended), an order (a reload that Cascade owes or has started) or
 * a reload with the given id. If no document has the id in its own id, perhaps an order names it as its reload. Then
 * this returns the runs of about the latest 50,000 events and the latest 50,000 orders.
 *
 * @param text - the id of an event, an order or a reload.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readRunsOf(store: CouchPort, text: string): Promise<FoundRuns> {
  const history = new CollectedHistory(store);
  const documents = await store.many([text, ...(await idsOfReload(store, text))]);
  const found = await Promise.all(documents.map((document) => rootOf(store, document)));
  const roots = new Set([text, ...found.filter((root) => root !== undefined)]);
  for (const root of roots) await history.addRun(root);
  const runs = history.runs();
  // The runs may be empty although an order has this id as the id of its reload.
  return runs.length === 0 ? readRecentRuns(store, EVERYTHING) : { runs, missing: history.missing() };
}

/** The ids that documents about a reload would have, for each tenant of the ledger. */
async function idsOfReload(store: CouchPort, text: string): Promise<readonly string[]> {
  const reloadId = text as ReloadId;
  const ended = await tenantsOf(store, 'event:');
  const started = await tenantsOf(store, 'started:');
  return [...ended.map((tenant) => eventId(tenant, reloadId)), ...started.map((tenant) => startedId(tenant, reloadId))];
}

/** A character that sorts after the characters that occur in ids. */
const LAST = '\ufff0';

/**
 * Finds the tenants that the ids of a type of document name. For each tenant one document is read, the tenant's first.
 */
async function tenantsOf(store: CouchPort, prefix: string): Promise<readonly TenantName[]> {
  const tenants: TenantName[] = [];
  for (let after = prefix; ; ) {
    const [document] = await store.range(prefix, { limit: 1, after });
    if (document === undefined) return tenants;
    const [, tenant = ''] = document._id.split(':');
    tenants.push(tenant as TenantName);
    after = `${prefix}${tenant}:${LAST}`;
  }
}

/**
 * The id of the first event or order (the root) of the run to which a document belongs. The document is an event, an
 * order, or a `started` (it says for which order a reload was started).
 */
async function rootOf(store: CouchPort, document: StoredDocument | undefined): Promise<string | undefined> {
  const started = readable(document, readStarted);
  const order = readable(document, readOrder);
  const event = readable(document, eventFact);
  if (event !== undefined) return (await ownerOf(store, event))?.root ?? event._id;
  return order?.root ?? started?.root;
}
