import { entryValue } from '../entities/types.ts';
import type { Arguments } from './parameters.ts';
import type { Job } from './run-action.ts';

/** The body of `/init`. */
export function initMessage({ action, exec: { code, binary, main = 'main' } }: Job, { env }: Arguments): string {
  return JSON.stringify({ value: { name: action.name, main, code, binary, env } });
}

/** The body of `/run`; its deadline is `now` (epoch milliseconds) plus the action's own limit. */
export function runMessage(job: Job, { params }: Arguments, now: number): string {
  const { host, action, activationId, context } = job;
  return JSON.stringify({
    value: params,
    namespace: host.namespace,
    action_name: `/${action.namespace}/${action.name}`,
    action_version: action.version,
    activation_id: activationId,
    transaction_id: context.transactionId,
    deadline: `${now + action.limits.timeout}`,
    ...(providesApiKey(job) ? { api_key: host.auth } : {}),
  });
}

/** An absent annotation gives the key too: the platform's rule for actions older than the annotation. */
function providesApiKey({ action }: Job): boolean {
  const value = entryValue(action.annotations, 'provide-api-key');
  return value !== false && value !== null && value !== 0 && value !== '';
}
