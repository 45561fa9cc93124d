import type { TenantName } from '../../src/core/names.ts';
import type { DurationMs } from '../../src/core/units.ts';
import { type CollectorPorts, type CollectorQlik, callTime, lastCall } from './collector-ports.ts';

/**
 * Asks a tenant one thing; undefined if it was not asked: there is no time, or the tenant is silent. Where it was asked
 * and gave no answer (`unavailable`), the thing is to be due later, so that it is not asked for ever before all others:
 * there are questions that a tenant never answers.
 */
export type AskTenant = <A extends { readonly kind: string }>(
  tenant: TenantName,
  question: (qlik: CollectorQlik, timeout: DurationMs) => Promise<A>,
) => Promise<A | undefined>;

/** One question without an answer may be that question's fault. */
const SILENT_AFTER = 2;

/**
 * Makes the questions of one sweep. A tenant that gave no answer to two of them is silent, and not asked again in this
 * sweep: waiting for it would take the time of all others.
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
