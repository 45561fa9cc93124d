import type { ActivationRecord, ActivationResponse } from '../activations.ts';
import type { Container, Reply } from '../containers/container.ts';
import { type ActionEntity, type CodeExec, type Entry, entryValue } from '../entities/types.ts';
import type { Host } from '../host.ts';
import type { Json } from '../json.ts';
import { MAX_PAYLOAD_BYTES } from '../limits.ts';
import type { InvokeContext } from './invocation.ts';
import { readInitReply, readRunReply } from './outcome.ts';
import { type Arguments, boundParameters, mergeArguments } from './parameters.ts';
import { makeRecord } from './record.ts';

interface Run {
  readonly start: number;
  readonly end: number;
  readonly initMs: number | undefined;
  readonly response: ActivationResponse;
  readonly isLate: boolean;
  /** Whether the container may serve again. */
  readonly isSound: boolean;
}

/** Runs an action's code in a container of its revision, and stores the record once the logs are in. */
export async function runAction(
  host: Host,
  action: ActionEntity,
  exec: CodeExec,
  payload: Json,
  activationId: string,
  context: InvokeContext,
): Promise<ActivationRecord> {
  const accepted = host.now();
  const leave = host.throttle.enter();
  try {
    const args = mergeArguments(boundParameters(action, host.entities), payload);
    const { container, isCold } = await host.pool.acquire(action.revision);
    const run = await runIn(host, container, isCold, action, exec, args, activationId, context);
    const record = makeRecord(host, action, {
      activationId,
      cause: context.cause,
      start: run.start,
      end: run.end,
      duration: run.end - run.start,
      response: run.response,
      logs: [],
      annotations: runAnnotations(run, accepted),
    });
    void finish(host, action, container, run.isSound, record);
    return record;
  } finally {
    leave();
  }
}

const runAnnotations = ({ start, initMs, isLate }: Run, accepted: number): readonly Entry[] => [
  { key: 'waitTime', value: start - accepted },
  { key: 'timeout', value: isLate },
  ...(initMs === undefined ? [] : [{ key: 'initTime', value: initMs }]),
];

/** Logs are cut after the answer, so that nobody waits for them; only then is the container free for the next run. */
async function finish(
  host: Host,
  action: ActionEntity,
  container: Container,
  isSound: boolean,
  record: ActivationRecord,
): Promise<void> {
  const logs = await container.cutLogs(action.limits.logs * 1_048_576);
  if (isSound && logs.isWhole) host.pool.release(action.revision, container);
  else host.pool.discard(container);
  host.activations.store({ ...record, logs: logs.lines });
}

async function runIn(
  host: Host,
  container: Container,
  isCold: boolean,
  action: ActionEntity,
  exec: CodeExec,
  args: Arguments,
  activationId: string,
  context: InvokeContext,
): Promise<Run> {
  const start = host.now();
  const limitMs = action.limits.timeout;
  let initMs: number | undefined;
  if (isCold) {
    const reply = await container.post('/init', initMessage(action, exec, args), limitMs, MAX_PAYLOAD_BYTES);
    initMs = host.now() - start;
    const failure = readInitReply(reply, limitMs);
    if (failure !== undefined) {
      return { start, end: host.now(), initMs, response: failure, isLate: reply.kind === 'late', isSound: false };
    }
  }
  const message = runMessage(host, action, args, activationId, context);
  const reply = await container.post('/run', message, limitMs, MAX_PAYLOAD_BYTES);
  return {
    start,
    end: host.now(),
    initMs,
    response: readRunReply(reply, limitMs),
    isLate: reply.kind === 'late',
    isSound: isSound(reply),
  };
}

const isSound = (reply: Reply): boolean => reply.kind === 'reply' && reply.status === 200;

function initMessage(action: ActionEntity, { code, binary, main = 'main' }: CodeExec, { env }: Arguments): string {
  return JSON.stringify({ value: { name: action.name, main, code, binary, env } });
}

function runMessage(
  host: Host,
  action: ActionEntity,
  { params }: Arguments,
  activationId: string,
  { transactionId }: InvokeContext,
): string {
  return JSON.stringify({
    value: params,
    namespace: host.namespace,
    action_name: `/${action.namespace}/${action.name}`,
    action_version: action.version,
    activation_id: activationId,
    transaction_id: transactionId,
    deadline: `${host.now() + action.limits.timeout}`,
    ...(providesApiKey(action) ? { api_key: host.auth } : {}),
  });
}

/** An absent annotation gives the key too: the platform's rule for actions older than the annotation. */
function providesApiKey({ annotations }: ActionEntity): boolean {
  const value = entryValue(annotations, 'provide-api-key');
  return value === undefined || (value !== false && value !== null && value !== 0 && value !== '');
}
