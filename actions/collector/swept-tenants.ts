/*
 * Before the sweep, which runs every 5 minutes, works for a tenant, it must be sure which of Qlik's tenants is meant.
 * The ledger has each tenant's address, as a deployment wrote it. If the settings have another address, either another
 * deployment works for the tenant, or the tenant has moved. Then this sweep leaves the tenant alone.
 */

import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../../src/core/names.ts';
import { type BoundTenant, boundTenant, movedAlert, unknownAlert } from '../../src/ledger/bound-tenant.ts';
import { alertPeople, type CollectorPorts } from './collector-ports.ts';

/** The most questions to one tenant in one sweep. So a tenant with many due documents leaves time for the others. */
const MOST_QUESTIONS = 300;

/** What one sweep may do for which tenant. */
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
   * Whether orders may follow from an end in the tenant: if `mayWork`, and also if the tenant is in the chains but not in
   * the settings. In that case webhooks report the ends, and we need no access to the tenant.
   */
  mayFollow(tenant: TenantName): Promise<boolean>;
  /** Whether the sweep may ask the tenant one more question: if `mayWork`, and if it has asked fewer than 300. */
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
