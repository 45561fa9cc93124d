/*
 * Two deployments on one database may call different tenants by the same name. Then one would start the reloads of the
 * other. So the sweep, which runs every 5 minutes, checks which of Qlik's tenants a name means. A deployment writes
 * each tenant's address into the ledger (Cascade's memory). If the settings have another address, another deployment
 * works for the tenant, or the tenant has moved. Then this sweep leaves the tenant alone.
 */

import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../../src/core/names.ts';
import { type BoundTenant, boundTenant, movedAlert, unknownAlert } from '../../src/ledger/bound-tenant.ts';
import { alertPeople, type CollectorPorts } from './collector-ports.ts';

/** The most documents about which one sweep asks one tenant, so that a tenant with many leaves time for the others. */
const MOST_QUESTIONS = 300;

/** Says what one sweep may do for a tenant. */
export interface SweptTenants {
  /** Which of Qlik's tenants the ledger means by the name; undefined if no deployment has written it. */
  bound(tenant: TenantName): BoundTenant | undefined;
  /** Whether the tenant's address in the ledger differs from the one in the settings. */
  isMoved(tenant: TenantName): boolean;
  /**
   * Whether the tenant is in the settings and has not moved. If it is not in the settings, the first call raises an
   * alert.
   */
  mayWork(tenant: TenantName): Promise<boolean>;
  /**
   * Whether reloads may follow from an end in the tenant: if `mayWork`, and also if the tenant is in the chains but not
   * in the settings. In that case webhooks report the ends, and Cascade needs no access to the tenant.
   */
  mayFollow(tenant: TenantName): Promise<boolean>;
  /** Whether the sweep may ask the tenant about one more document: if `mayWork`, for the first 300 calls. */
  mayAsk(tenant: TenantName): Promise<boolean>;
}

/**
 * Compares the tenants of the settings with the ledger, and raises an alert for each tenant whose address differs.
 *
 * @param documents - the documents of `tenants`, in their order.
 */
export async function sweptTenants(
  tenants: readonly TenantName[],
  documents: readonly (StoredDocument | undefined)[],
  ports: Pick<CollectorPorts, 'tenants' | 'apps' | 'addressOf' | 'store' | 'now' | 'traceId' | 'log'>,
): Promise<SweptTenants> {
  const { addressOf, log } = ports;
  const bounds = new Map(tenants.map((tenant, index) => [tenant, boundTenant(documents[index], log)]));
  const moved = new Set<TenantName>();
  for (const [tenant, bound] of bounds) {
    const own = addressOf(tenant);
    if (own === undefined || bound?.url === own) continue;
    if (bound === undefined) {
      log.warn('The ledger does not say where this tenant is: deploy again', { tenant });
      continue;
    }
    moved.add(tenant);
    await alertPeople(movedAlert({ tenant, bound: bound.url, own }), ports);
  }
  const unknown = new Set<TenantName>();
  const questions = new Map<TenantName, number>();
  const mayWork = async (tenant: TenantName): Promise<boolean> => {
    if (ports.tenants.includes(tenant)) return !moved.has(tenant);
    if (unknown.has(tenant)) return false;
    unknown.add(tenant);
    await alertPeople(unknownAlert(tenant), ports);
    return false;
  };
  const isInChains = (tenant: TenantName): boolean =>
    Object.keys(ports.apps).some((key) => key.startsWith(`${tenant}/`));
  return {
    bound: (tenant) => bounds.get(tenant),
    isMoved: (tenant) => moved.has(tenant),
    mayWork,
    mayFollow: async (tenant) => (!ports.tenants.includes(tenant) && isInChains(tenant)) || mayWork(tenant),
    async mayAsk(tenant) {
      const count = (questions.get(tenant) ?? 0) + 1;
      questions.set(tenant, count);
      return count <= MOST_QUESTIONS && (await mayWork(tenant));
    },
  };
}
