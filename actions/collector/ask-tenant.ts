import type { TenantName } from '../../src/core/names.ts';
import type { DurationMs } from '../../src/core/units.ts';
import { type CollectorPorts, type CollectorQlik, callTime, lastCall } from './collector-ports.ts';

/**
 * Asks a tenant one thing; undefined where there is no answer or no time. A tenant that gave none is not asked again in
 * this sweep: waiting for it would take the time of all others.
 */
export type AskTenant = <A extends { readonly kind: string }>(
  tenant: TenantName,
  question: (qlik: CollectorQlik, timeout: DurationMs) => Promise<A>,
) => Promise<Exclude<A, { readonly kind: 'unavailable' }> | undefined>;

/** Makes the questions of one sweep. */
export function askTenants(ports: CollectorPorts): AskTenant {
  const silent = new Set<TenantName>();
  return async (tenant, question) => {
    const timeout = callTime(ports, lastCall(ports));
    if (timeout === undefined || silent.has(tenant)) return undefined;
    const answer = await question(ports.qlikOf(tenant), timeout);
    if (answer.kind !== 'unavailable') return answer as Exclude<typeof answer, { readonly kind: 'unavailable' }>;
    silent.add(tenant);
    const problem = 'message' in answer ? answer.message : '';
    ports.log.warn('A tenant did not answer the sweep: its work stays due', { tenant, problem });
    return undefined;
  };
}
