import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { gateId, parkId, startedId, tenantId } from '../../src/core/document-ids.ts';
import { type Descent, descentOf, type Lineage } from '../../src/core/lineage.ts';
import type { AppRef, OrderId, TenantName } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { type BoundTenant, boundTenant } from '../../src/ledger/bound-tenant.ts';
import { echoOf, readGate } from '../../src/ledger/documents/gate.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';
import { readPark } from '../../src/ledger/documents/park.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';
import type { Log } from '../../src/platform/log.ts';

/** What the ledger knows about some events. */
export interface About {
  /** Where an event stands in its run. */
  descent(event: ReloadFinished): Descent & Pick<Lineage, 'areHopsUnsure'>;
  /** The orders that may be parked for an app. */
  parked(app: AppRef): readonly OrderId[];
  /** Until when a tenant takes no reload; absent if it never said, or if that is over. */
  gate(tenant: TenantName): EpochMs | undefined;
  /** Whether a tenant's records give our `resourceId` back; absent if nobody knows. */
  echoes(tenant: TenantName): boolean | undefined;
  /** Which of Qlik's tenants a name means; absent if no deployment said so. */
  bound(tenant: TenantName): BoundTenant | undefined;
}

/**
 * Reads what is to be known about `events`, and about `tenants` and those of the events, in one request.
 *
 * A document that is not what we write is told in the log and taken for missing: all of these may be missing, and none
 * decides whether an order is created; but a tenant whose document is none of ours is bound to nobody.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readAbout(
  events: readonly ReloadFinished[],
  tenants: readonly TenantName[],
  { store, log }: { readonly store: Pick<CouchPort, 'many' | 'now'>; readonly log: Pick<Log, 'error'> },
): Promise<About> {
  const everybody = [...new Set([...tenants, ...events.map(({ tenant }) => tenant)])];
  const ids = [...new Set([...events.flatMap(idsAbout), ...tenants.map(gateId), ...everybody.map(tenantId)])];
  const found = await store.many(ids);
  const documents = new Map(found.flatMap((document) => (document === undefined ? [] : [[document._id, document]])));
  const read = <T>(id: string | undefined, reader: (document: StoredDocument) => T): T | undefined => {
    const document = documents.get(id ?? '');
    return readOrLog(document, reader, log);
  };
  const bounds = new Map(everybody.map((tenant) => [tenant, boundTenant(documents.get(tenantId(tenant)), log)]));
  return {
    descent: (event) =>
      descentOf(event, {
        owner: read(event.orderId, readOrder),
        started: read(startedId(event.tenant, event.reloadId), readStarted),
      }),
    parked: (app) => Object.values(read(parkId(app), readPark)?.slots ?? {}).map(({ order }) => order),
    gate: (tenant) => {
      const until = read(gateId(tenant), readGate)?.until;
      return until !== undefined && until > (store.now() ?? 0) ? until : undefined;
    },
    echoes: (tenant) => echoOf(read(gateId(tenant), readGate), bounds.get(tenant)?.url),
    bound: (tenant) => bounds.get(tenant),
  };
}

const idsAbout = (event: ReloadFinished): readonly string[] => [
  parkId(event),
  startedId(event.tenant, event.reloadId),
  ...(event.orderId === undefined ? [] : [event.orderId]),
];
