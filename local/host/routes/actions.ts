import { randomUUID } from 'node:crypto';
import type { ActivationRecord } from '../activations.ts';
import { entityNotFound, HostError, jsonAnswer, malformedQuery, type RestAnswer } from '../answer.ts';
import { booleanQuery, type RestCall, readJsonObject } from '../call.ts';
import { checkSequence, readAction } from '../entities/put-action.ts';
import { findAction } from '../entities/store.ts';
import { isSequence, type PackageEntity } from '../entities/types.ts';
import { startAction, within } from '../invoke/invoke.ts';
import { boundParameters } from '../invoke/parameters.ts';
import { MAX_ENTITY_BYTES } from '../limits.ts';
import { document, named, readPrevious } from './entity-documents.ts';
import { wholeNumber } from './list.ts';

/** Creates or overwrites an action or a sequence; `key` is `name` or `package/name`. */
export async function putAction(call: RestCall, key: string): Promise<RestAnswer> {
  const { entities, namespace, pool } = call.host;
  const content = await readJsonObject(call, MAX_ENTITY_BYTES);
  const [name = '', packageName] = key.split('/').reverse();
  if (packageName !== undefined) requireOwnPackage(entities.get('packages', packageName));
  const previous = readPrevious(call, 'actions', key);
  const path = packageName === undefined ? namespace : `${namespace}/${packageName}`;
  const entity = {
    ...named(call, 'actions', path, name, previous),
    ...readAction(content, previous, entities, namespace),
    revision: randomUUID(),
  };
  if (isSequence(entity.exec)) checkSequence(key, entity.exec.components, entities);
  entities.set(key, entity);
  if (previous !== undefined) pool.retire(previous.revision);
  return jsonAnswer(200, document(entity));
}

function requireOwnPackage({ binding }: PackageEntity): void {
  if (binding !== undefined) throw new HostError(400, 'Operation not permitted on package binding.');
}

/** An action with its package's parameters under its own; `code=false` leaves the code out. */
export function getAction(call: RestCall, key: string): RestAnswer {
  const action = findAction(call.host.entities, key);
  if (action === undefined) throw entityNotFound();
  const parameters = isSequence(action.exec) ? action.parameters : boundParameters(action, call.host.entities);
  const shown = { ...document(action), parameters };
  if (call.query.get('code') !== 'false' || isSequence(action.exec)) return jsonAnswer(200, shown);
  const { code: _code, ...exec } = action.exec;
  return jsonAnswer(200, { ...shown, exec });
}

/** Deletes an action. */
export function deleteAction(call: RestCall, key: string): RestAnswer {
  const action = call.host.entities.get('actions', key);
  call.host.entities.delete(key);
  call.host.pool.retire(action.revision);
  return jsonAnswer(200, document(action));
}

const MAX_TIMEOUT_MS = 60_000;

/** Invokes an action or a sequence: 202 with the id, or when blocking the record, the result, or 202 when it takes too long. */
export async function invokeAction(call: RestCall, key: string): Promise<RestAnswer> {
  const { host, transactionId } = call;
  const payload = await readJsonObject(call);
  host.throttle.admitCall();
  const isBlocking = booleanQuery(call, 'blocking');
  const wantsResult = booleanQuery(call, 'result');
  const timeoutMs = readTimeout(call);
  const { activationId, ended } = startAction(host, key, payload, transactionId);
  const header = [['x-openwhisk-activation-id', activationId]] as const;
  const record = isBlocking ? await within(ended, Math.min(timeoutMs, host.waitCeilingMs)) : undefined;
  if (record === undefined) return jsonAnswer(202, { activationId }, header);
  const isBare = wantsResult || Array.isArray(record.response.result);
  return jsonAnswer(statusOf(record), isBare ? record.response.result : record, header);
}

function statusOf({ response: { status } }: ActivationRecord): number {
  if (status === 'success') return 200;
  return status === 'whisk internal error' ? 500 : 502;
}

function readTimeout(call: RestCall): number {
  const refusal = (): string => `Timeout must be number of milliseconds up to ${MAX_TIMEOUT_MS}.`;
  const timeoutMs = wholeNumber(call, 'timeout', refusal) ?? MAX_TIMEOUT_MS;
  if (timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw malformedQuery('timeout', refusal());
}
