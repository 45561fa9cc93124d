import type { TenantName } from '../../src/core/names.ts';
import { alertUnknownTenant } from '../../src/ledger/bound-tenant.ts';
import type { BoundTenants } from './bound-tenants.ts';
import { type CollectorPorts, storeNow } from './collector-ports.ts';

/** So many questions are kept for each tenant: one that is silent does not take the time and room of the others. */
const MOST_QUESTIONS = 300;

/** Which tenants' work can be done at all. */
export interface TenantGate {
  /** Whether the settings know a tenant, the same as the ledger. If they do not know it, there is an alert, once. */
  knows(tenant: TenantName): Promise<boolean>;
  /**
   * Whether an end in a tenant may be followed up. A tenant that only webhooks tell of is in the chains, and not in the
   * settings of those that are asked.
   */
  hears(tenant: TenantName): Promise<boolean>;
  /** Whether one more question may be kept for a tenant: at most 300 in one sweep. */
  mayAsk(tenant: TenantName): Promise<boolean>;
}

/** A gate for one sweep. */
export function tenantGate(
  { isMoved }: BoundTenants,
  ports: Pick<CollectorPorts, 'tenants' | 'apps' | 'store' | 'now' | 'traceId' | 'log'>,
): TenantGate {
  const { tenants, apps, store, traceId, log } = ports;
  const unknown = new Set<TenantName>();
  const asked = new Map<TenantName, number>();
  const knows = async (tenant: TenantName): Promise<boolean> => {
    if (tenants.includes(tenant)) return !isMoved(tenant);
    if (unknown.has(tenant)) return false;
    unknown.add(tenant);
    await alertUnknownTenant(tenant, store, { traceId, at: storeNow(ports) }, log);
    return false;
  };
  const isInChains = (tenant: TenantName): boolean => Object.keys(apps).some((key) => key.startsWith(`${tenant}/`));
  return {
    knows,
    hears: async (tenant) => (!tenants.includes(tenant) && isInChains(tenant)) || knows(tenant),
    async mayAsk(tenant) {
      const questions = (asked.get(tenant) ?? 0) + 1;
      asked.set(tenant, questions);
      return questions <= MOST_QUESTIONS && (await knows(tenant));
    },
  };
}
