/*
 * The sweep (it runs every 5 minutes and takes up what was left undone) asks Qlik many questions, such as how a reload
 * ended. A tenant that does not answer would cost the time of all others. So this file stops asking such a tenant.
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

/** A tenant is silent after this many unanswered questions. After only one, maybe Qlik cannot answer that one. */
const SILENT_AFTER = 2;

/**
 * Makes a function that asks tenants. A tenant that gave no answer to two of its questions is silent: the function does
 * not ask it again.
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
