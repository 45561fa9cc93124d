import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../../src/core/names.ts';
import { alertMovedTenant, type BoundTenant, boundTenant } from '../../src/ledger/bound-tenant.ts';
import { type CollectorPorts, storeNow } from './collector-ports.ts';

/** Which of Qlik's tenants the names of this deployment mean, by the ledger. */
export interface BoundTenants {
  /** Whether a tenant is another one for the ledger than for our settings: then nothing of it is ours to do. */
  isMoved(tenant: TenantName): boolean;
  /** What the ledger says of a tenant; undefined if no deployment said it. */
  of(tenant: TenantName): BoundTenant | undefined;
}

/**
 * Compares our settings with what the ledger says of these tenants, and raises an alert for each that differs.
 *
 * @param documents - the tenants' documents, in their order.
 */
export async function boundTenants(
  tenants: readonly TenantName[],
  documents: readonly (StoredDocument | undefined)[],
  ports: Pick<CollectorPorts, 'addressOf' | 'store' | 'now' | 'traceId' | 'log'>,
): Promise<BoundTenants> {
  const { addressOf, store, traceId, log } = ports;
  const bound = new Map(tenants.map((tenant, index) => [tenant, boundTenant(documents[index], log)]));
  const moved = new Set<TenantName>();
  for (const [tenant, said] of bound) {
    const own = addressOf(tenant);
    if (own === undefined) continue;
    if (said === undefined) log.warn('The ledger does not say where this tenant is: deploy again', { tenant });
    if (said === undefined || said.url === own) continue;
    moved.add(tenant);
    await alertMovedTenant({ tenant, bound: said.url, own }, store, { traceId, at: storeNow(ports) }, log);
  }
  return { isMoved: (tenant) => moved.has(tenant), of: (tenant) => bound.get(tenant) };
}
