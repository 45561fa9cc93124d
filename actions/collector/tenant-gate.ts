import type { TenantName } from '../../src/core/names.ts';
import type { BoundTenants } from './bound-tenants.ts';
import type { CollectorPorts } from './collector-ports.ts';

/** So many questions are kept for each tenant: one that is silent does not take the time and room of the others. */
const MOST_QUESTIONS = 300;

/** Which tenants' work can be done at all. */
export interface TenantGate {
  /** Whether the settings know a tenant, the same as the ledger; where they do not know it, that is told once. */
  knows(tenant: TenantName): boolean;
  /** Whether one more question may be kept for a tenant: at most 300 in one sweep. */
  mayAsk(tenant: TenantName): boolean;
}

/** A gate for one sweep. */
export function tenantGate(
  { isMoved }: BoundTenants,
  { tenants, log }: Pick<CollectorPorts, 'tenants' | 'log'>,
): TenantGate {
  const unknown = new Set<TenantName>();
  const asked = new Map<TenantName, number>();
  const knows = (tenant: TenantName): boolean => {
    if (tenants.includes(tenant)) return !isMoved(tenant);
    if (!unknown.has(tenant)) log.warn('The settings do not know a tenant that the ledger has work for', { tenant });
    unknown.add(tenant);
    return false;
  };
  return {
    knows,
    mayAsk(tenant) {
      const questions = (asked.get(tenant) ?? 0) + 1;
      asked.set(tenant, questions);
      return questions <= MOST_QUESTIONS && knows(tenant);
    },
  };
}
