import { randomUUID } from 'node:crypto';
import type { ActivationRecord } from '../activations.ts';
import { entityNotFound, reservedParameters } from '../answer.ts';
import { findAction } from '../entities/store.ts';
import { type ActionEntity, isSequence } from '../entities/types.ts';
import type { Host } from '../host.ts';
import type { HostObject, Json } from '../json.ts';
import type { InvokeContext, StartedActivation } from './invocation.ts';
import { whiskError } from './outcome.ts';
import { breaksFinal } from './parameters.ts';
import { makeRecord } from './record.ts';
import { runAction } from './run-action.ts';
import { runBuiltIn } from './run-built-in.ts';
import { runSequence } from './run-sequence.ts';

/** Starts an activation of an action or a sequence; its record is stored when it and its logs are complete. */
export function invoke(host: Host, action: ActionEntity, payload: Json, context: InvokeContext): StartedActivation {
  const activationId = randomUUID().replaceAll('-', '');
  const start = host.now();
  const running = run(host, action, payload, activationId, context);
  const ended = running.catch((error: unknown) => {
    const response = whiskError(`There was an internal error: ${String(error)}`);
    const [end, cause] = [host.now(), context.cause];
    const ending = { activationId, cause, start, end, duration: end - start, response, logs: [], annotations: [] };
    const record = makeRecord(host, action, ending);
    host.activations.store(record);
    return record;
  });
  return { activationId, ended };
}

function run(
  host: Host,
  action: ActionEntity,
  payload: Json,
  activationId: string,
  context: InvokeContext,
): Promise<ActivationRecord> {
  const { exec, builtIn } = action;
  if (builtIn !== undefined) return runBuiltIn(host, action, payload, builtIn, activationId, context);
  if (!isSequence(exec)) return runAction({ host, action, exec, activationId, context }, payload);
  return runSequence(host, action, exec, payload, activationId, context, (...step) => invoke(host, ...step));
}

/** Starts the action or sequence of that key. @throws WireError 404, or 400 when `payload` names a final parameter. */
export function startAction(host: Host, key: string, payload: HostObject, transactionId: string): StartedActivation {
  const action = findAction(host.entities, key);
  if (action === undefined) throw entityNotFound();
  if (breaksFinal(action, payload, host.entities)) throw reservedParameters();
  return invoke(host, action, payload, { transactionId });
}

/** What `promise` gives within `limitMs`, else undefined; the timer does not keep the process alive. */
export async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
    timer.unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
