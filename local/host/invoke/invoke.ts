import { randomUUID } from 'node:crypto';
import type { ActivationRecord } from '../activations.ts';
import { type ActionEntity, isSequence } from '../entities/types.ts';
import type { Host } from '../host.ts';
import type { Json } from '../json.ts';
import type { Invocation, InvokeContext } from './invocation.ts';
import { whiskError } from './outcome.ts';
import { makeRecord } from './record.ts';
import { runAction } from './run-action.ts';
import { runBuiltIn } from './run-built-in.ts';
import { runSequence } from './run-sequence.ts';

/** Starts an activation of an action or a sequence; its record is stored when it and its logs are complete. */
export function invoke(host: Host, action: ActionEntity, payload: Json, context: InvokeContext): Invocation {
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
