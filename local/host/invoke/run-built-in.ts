import type { ActivationRecord } from '../activations.ts';
import type { ActionEntity } from '../entities/types.ts';
import type { Host } from '../host.ts';
import { isHostObject, type Json } from '../json.ts';
import type { InvokeContext } from './invocation.ts';
import { makeRecord } from './record.ts';

/** What the host does itself in place of an action's code. */
export type BuiltIn = NonNullable<ActionEntity['builtIn']>;

/** One activation of what the host does itself. */
export async function runBuiltIn(
  host: Host,
  action: ActionEntity,
  payload: Json,
  builtIn: BuiltIn,
  activationId: string,
  { cause }: InvokeContext,
): Promise<ActivationRecord> {
  const bound = action.through?.parameters ?? [];
  const params = {
    ...Object.fromEntries(bound.map(({ key, value }) => [key, value])),
    ...(isHostObject(payload) && payload),
  };
  const start = host.now();
  const response = builtIn(params);
  const end = host.now();
  const annotations = [
    { key: 'waitTime', value: 0 },
    { key: 'timeout', value: false },
  ];
  const ending = { activationId, cause, start, end, duration: end - start, response, logs: [], annotations };
  const record = makeRecord(host, action, ending);
  host.activations.store(record);
  return record;
}
