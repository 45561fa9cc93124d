import type { ActivationRecord, ActivationResponse } from '../activations.ts';
import type { Container, Reply } from '../containers/container.ts';
import type { Lease } from '../containers/pool.ts';
import { type ActionEntity, type CodeExec, type Entry, entryValue } from '../entities/types.ts';
import type { Host } from '../host.ts';
import type { Json } from '../json.ts';
import { MAX_PAYLOAD_BYTES, MEGABYTE } from '../limits.ts';
import type { InvokeContext } from './invocation.ts';
import { readInitReply, readRunReply } from './outcome.ts';
import { type Arguments, boundParameters, mergeArguments } from './parameters.ts';
import { makeRecord } from './record.ts';

/** One activation of an action's code. */
export interface Job {
  readonly host: Host;
  readonly action: ActionEntity;
  readonly exec: CodeExec;
  readonly activationId: string;
  readonly context: InvokeContext;
}

interface Run {
  readonly start: number;
  readonly end: number;
  /** How long `/init` took, of a cold start only. */
  readonly initMs?: number;
  readonly response: ActivationResponse;
  readonly isLate: boolean;
  /** Whether the container may serve again. */
  readonly isSound: boolean;
}

/** Runs an action's code in a container of its revision, and stores the record once the logs are in. */
export async function runAction(job: Job, payload: Json): Promise<ActivationRecord> {
  const { host, action } = job;
  const accepted = host.now();
  const leave = host.throttle.enter();
  try {
    const args = mergeArguments(boundParameters(action, host.entities), payload);
    const lease = await host.pool.acquire(action.revision, action.limits.memory);
    // The start of the process is waiting, not running.
    await lease.container.ready;
    const run = await runIn(lease, job, args);
    const record = recordOf(job, run, accepted);
    void finish(job, lease.container, run.isSound, record);
    return record;
  } finally {
    leave();
  }
}

function recordOf({ host, action, activationId, context }: Job, run: Run, accepted: number): ActivationRecord {
  const { start, end, initMs, response, isLate } = run;
  const annotations: readonly Entry[] = [
    { key: 'waitTime', value: start - accepted },
    { key: 'timeout', value: isLate },
    // The kind is `nodejs:20` whatever Node runs the host; here it says which.
    { key: 'node', value: process.versions.node },
    ...(initMs === undefined ? [] : [{ key: 'initTime', value: initMs }]),
  ];
  const { cause } = context;
  return makeRecord(host, action, {
    activationId,
    cause,
    start,
    end,
    duration: end - start,
    response,
    logs: [],
    annotations,
  });
}

/** Logs are cut after the answer, so that nobody waits for them; only then is the container free for the next run. */
async function finish(
  { host, action }: Job,
  container: Container,
  isSound: boolean,
  record: ActivationRecord,
): Promise<void> {
  const logs = await container.cutLogs(action.limits.logs * MEGABYTE);
  if (isSound && logs.isWhole) host.pool.release(action.revision, container);
  else host.pool.discard(container);
  host.activations.store({ ...record, logs: logs.lines });
}

async function runIn({ container, isCold }: Lease, job: Job, args: Arguments): Promise<Run> {
  const { now } = job.host;
  const start = now();
  const { timeout: limitMs, memory } = job.action.limits;
  const limits = { timeoutMs: limitMs, memoryBytes: memory * MEGABYTE, replyBytes: MAX_PAYLOAD_BYTES };
  const post = (url: '/init' | '/run', body: string): Promise<Reply> => container.post(url, body, limits);
  const init = isCold ? await post('/init', initMessage(job, args)) : undefined;
  const cold = init === undefined ? {} : { initMs: now() - start };
  const failure = init === undefined ? undefined : readInitReply(init, limitMs);
  if (failure !== undefined) {
    return { start, end: now(), ...cold, response: failure, isLate: init?.kind === 'late', isSound: false };
  }
  const reply = await post('/run', runMessage(job, args, now()));
  const isSound = reply.kind === 'reply' && reply.status === 200;
  return { start, end: now(), ...cold, response: readRunReply(reply, limitMs), isLate: reply.kind === 'late', isSound };
}

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
