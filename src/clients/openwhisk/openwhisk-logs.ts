import { isJsonObject } from '../../core/json-fields.ts';
import type { EpochMs } from '../../core/units.ts';
import type { LogsPort, ReadActivation } from './activations-port.ts';
import { annotationIn, askForActivations, openWhiskActivations } from './openwhisk-activations.ts';
import type { OpenWhiskOptions } from './openwhisk-api.ts';

/**
 * Reads OpenWhisk's activations (runs of actions) and their logs over its REST API. `cascade logs` shows them to
 * people.
 */
export function openWhiskLogs(options: OpenWhiskOptions): LogsPort {
  const ask = askForActivations(options);
  return {
    ...openWhiskActivations(options),
    async logs(activationId) {
      const json = await ask({
        path: `/${encodeURIComponent(activationId)}/logs`,
        what: `the log of the activation ${activationId}`,
        isRight: (body) => linesIn(body) !== undefined,
      });
      return json === undefined ? undefined : linesIn(json);
    },
    async activation(activationId) {
      const json = await ask({
        path: `/${encodeURIComponent(activationId)}`,
        what: `the activation ${activationId}`,
        isRight: (body) => recordIn(body) !== undefined,
      });
      return json === undefined ? undefined : recordIn(json);
    },
  };
}

function linesIn(body: unknown): readonly string[] | undefined {
  const logs = isJsonObject(body) ? body['logs'] : undefined;
  return Array.isArray(logs) ? logs.filter((line) => typeof line === 'string') : undefined;
}

function recordIn(body: unknown): ReadActivation | undefined {
  const logs = linesIn(body);
  if (logs === undefined || !isJsonObject(body)) return undefined;
  const { activationId, start, annotations } = body;
  if (typeof activationId !== 'string' || typeof start !== 'number') return undefined;
  const path = annotationIn(annotations, 'path');
  return {
    activationId,
    start: start as EpochMs,
    logs,
    ...(typeof path === 'string' && { path }),
    isSequence: annotationIn(annotations, 'kind') === 'sequence',
  };
}
