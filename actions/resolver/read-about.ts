import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { TenantFacts } from '../../src/contracts/order-request.ts';
import { gateId, parkId, startedId, tenantId } from '../../src/core/document-ids.ts';
import { type Descent, descentOf, type Lineage } from '../../src/core/lineage.ts';
import type { AppRef, OrderId, TenantName } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { type BoundTenant, boundTenant } from '../../src/ledger/bound-tenant.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';
import { readPark } from '../../src/ledger/documents/park.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';
import { tenantFacts } from '../../src/ledger/tenant-facts.ts';
import type { Log } from '../../src/platform/log.ts';

/*
 * The resolver decides which reloads follow the reloads that ended. Before that, this file reads together what the
 * ledger (Cascade's memory) knows about them, because a webhook's sender waits.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes. A run is everything that followed from one
 * event, or from one reload by hand. A composite link waits for several apps before it calls for an order.
 */

/** What the ledger knows about some events. */
export interface About {
  /** With what this event's run began, and how many orders lie between that and this event. */
  descent(event: ReloadFinished): Descent & Pick<Lineage, 'areHopsUnsure'>;
  /** The orders that may be waiting because this app was busy. */
  parked(app: AppRef): readonly OrderId[];
  /** What the action `reload` has to know about a tenant. */
  facts(tenant: TenantName): TenantFacts;
  /** One of the documents that were read, as it is stored; undefined if it is missing. */
  document(id: string): StoredDocument | undefined;
  /** Which of Qlik's tenants the name means; undefined if no deployment has written it. */
  bound(tenant: TenantName): BoundTenant | undefined;
}

/**
 * Reads in one call what the ledger knows about some events, about their tenants and those of the orders that may
 * follow, and about the composite links that wait for the events.
 *
 * In `descent`, `parked` and `facts` a malformed document counts as missing, and the log gets an error. If a tenant's
 * own document is malformed, no address fits that tenant. `document` returns a document as it is.
 *
 * @param tenants - the tenants of the orders that may follow.
 * @param joins - the ids of the composite links' documents.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readAbout(
  events: readonly ReloadFinished[],
  tenants: readonly TenantName[],
  joins: readonly string[],
  { store, log }: { readonly store: Pick<CouchPort, 'many' | 'now'>; readonly log: Pick<Log, 'error'> },
): Promise<About> {
  const everybody = [...new Set([...tenants, ...events.map(({ tenant }) => tenant)])];
  const ids = [...new Set([...events.flatMap(idsAbout), ...tenants.map(gateId), ...everybody.map(tenantId), ...joins])];
  const found = await store.many(ids);
  const documents = new Map(found.flatMap((document) => (document === undefined ? [] : [[document._id, document]])));
  const read = <T>(id: string | undefined, reader: (document: StoredDocument) => T): T | undefined =>
    readOrLog(documents.get(id ?? ''), reader, log);
  const bounds = new Map(everybody.map((tenant) => [tenant, boundTenant(documents.get(tenantId(tenant)), log)]));
  return {
    descent: (event) =>
      descentOf(event, {
        owner: read(event.orderId, readOrder),
        started: read(startedId(event.tenant, event.reloadId), readStarted),
      }),
    parked: (app) => Object.values(read(parkId(app), readPark)?.slots ?? {}).map(({ order }) => order),
    facts: (tenant) => {
      const url = bounds.get(tenant)?.url;
      return tenantFacts(documents.get(gateId(tenant)), url, { address: url, now: store.now(), log });
    },
    document: (id) => documents.get(id),
    bound: (tenant) => bounds.get(tenant),
  };
}

const idsAbout = (event: ReloadFinished): readonly string[] => [
  parkId(event),
  startedId(event.tenant, event.reloadId),
  ...(event.orderId === undefined ? [] : [event.orderId]),
];
