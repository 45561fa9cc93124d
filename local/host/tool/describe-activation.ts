import { visible } from '../../../src/core/visible.ts';
import type { ActivationRecord, TriggerRecord } from '../start-host.ts';

/** An activation, or a trigger's fire, for people: one line, and its logs and what went wrong below it. */
export function describeActivation(record: ActivationRecord | TriggerRecord): string {
  const { activationId, annotations, logs, name, start, response } = record;
  const path = annotations.find(({ key }) => key === 'path')?.value ?? `trigger ${name}`;
  const isCold = annotations.some(({ key }) => key === 'initTime');
  const took = 'duration' in record ? `${record.duration} ms${isCold ? ' cold' : ''}` : 'fired';
  const head = `${new Date(start).toISOString()}  ${activationId}  ${path}  ${took}  ${response.status}`;
  const error = response.success ? [] : [JSON.stringify(response.result)];
  return [head, ...[...logs, ...error].map((line) => `    ${visible(line)}`)].join('\n');
}
