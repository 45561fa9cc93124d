import type { ActivationRecord, ActivationResponse } from '../activations.ts';
import { keyOf, resolvePath } from '../entities/names.ts';
import { findAction } from '../entities/store.ts';
import { type ActionEntity, isSequence, type SequenceExec } from '../entities/types.ts';
import type { Host } from '../host.ts';
import type { Json } from '../json.ts';
import { MAX_SEQUENCE_ACTIONS } from '../limits.ts';
import type { Invoke, InvokeContext } from './invocation.ts';
import { applicationError } from './outcome.ts';
import { makeRecord } from './record.ts';

/** Runs a sequence's components one after another, each output the next one's payload, up to the first that fails. */
export async function runSequence(
  host: Host,
  sequence: ActionEntity,
  exec: SequenceExec,
  payload: Json,
  activationId: string,
  context: InvokeContext,
  invoke: Invoke,
): Promise<ActivationRecord> {
  const start = host.now();
  const steps = context.steps ?? { count: 0 };
  const ran: ActivationRecord[] = [];
  let response: ActivationResponse | undefined;
  for (const component of exec.components) {
    const action = resolveStep(host, component, steps);
    if (typeof action === 'string') {
      response = applicationError(action);
      break;
    }
    const step = invoke(action, response?.result ?? payload, { ...context, cause: activationId, steps });
    const record = await step.ended;
    ran.push(record);
    response = record.response;
    if (!response.success) break;
  }
  const record = makeRecord(host, sequence, {
    activationId,
    cause: context.cause,
    start,
    end: host.now(),
    duration: ran.reduce((sum, { duration }) => sum + duration, 0),
    response: response ?? applicationError('No component specified for the sequence.'),
    logs: ran.map((record) => record.activationId),
    annotations: [
      { key: 'topmost', value: context.cause === undefined },
      { key: 'waitTime', value: 0 },
    ],
  });
  host.activations.store(record);
  return record;
}

/** The action that a component names, or why the sequence ends here. */
function resolveStep(host: Host, component: string, steps: { count: number }): ActionEntity | string {
  const reference = resolvePath(component, host.namespace);
  const action = reference === undefined ? undefined : findAction(host.entities, keyOf(reference));
  if (action === undefined) return 'Sequence component does not exist.';
  if (!isSequence(action.exec)) steps.count += 1;
  return steps.count > MAX_SEQUENCE_ACTIONS ? 'Too many actions in the sequence.' : action;
}
