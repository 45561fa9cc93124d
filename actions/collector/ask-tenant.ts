/*
 * The sweep, which runs every 5 minutes, has a question for each document that only Qlik can settle. This file asks
 * Qlik, and stops asking a tenant that does not answer.
 */

import type { TenantName } from '../../src/core/names.ts';
import type { DurationMs } from '../../src/core/units.ts';
import { type CollectorPorts, type CollectorQlik, callTime, lastCall } from './collector-ports.ts';

/**
 * Asks a tenant one question.
 *
 * @returns Qlik's answer. Undefined if the tenant was not asked, because no time is left or the tenant is silent (see
 *   `askTenants`).
 */
export type AskTenant = <A extends { readonly kind: string }>(
  tenant: TenantName,
  question: (qlik: CollectorQlik, timeout: DurationMs) => Promise<A>,
) => Promise<A | undefined>;

/** After one unanswered question the tenant is not silent yet: maybe Qlik cannot answer that one question. */
const SILENT_AFTER = 2;

/**
 * Makes the function that asks the questions of one sweep. A tenant that gave no answer to two questions is silent:
 * this sweep does not ask it again, because waiting for its answers would take the time of all other tenants.
 */
export function askTenants(ports: CollectorPorts): AskTenant {
  const unanswered = new Map<TenantName, number>();
  return async (tenant, question) => {
    const timeout = callTime(ports, lastCall(ports));
    if (timeout === undefined || (unanswered.get(tenant) ?? 0) >= SILENT_AFTER) return undefined;
    const answer = await question(ports.qlikOf(tenant), timeout);
    if (answer.kind !== 'unavailable') return answer;
    unanswered.set(tenant, (unanswered.get(tenant) ?? 0) + 1);
    const problem = 'message' in answer ? answer.message : '';
    ports.log.warn('A tenant did not answer the sweep: it is asked again later', { tenant, problem });
    return answer;
  };
}
