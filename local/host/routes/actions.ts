/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file answers the calls of the REST API about actions: deployment creates them, and callers invoke them.
 */

import { type ActivationRecord, newId } from '../activations.ts';
import { entityNotFound, HostError, jsonAnswer, malformedQuery, type RestAnswer } from '../answer.ts';
import { booleanQuery, type RestCall, readJsonObject, wholeNumberQuery } from '../call.ts';
import { readAction } from '../entities/put-action.ts';
import { findAction } from '../entities/store.ts';
import { isSequence } from '../entities/types.ts';
import { startAction } from '../invoke/invoke.ts';
import { boundParameters } from '../invoke/parameters.ts';
import { within } from '../within.ts';
import { deleteEntity, entityAnswer, putEntity } from './entities.ts';

/** Creates or overwrites an action or a sequence. `key` is `name` or `package/name`. */
export const putAction = (call: RestCall, key: string): Promise<RestAnswer> =>
  putEntity(call, 'actions', key, (content, previous) => {
    const { entities, pool } = call.host;
    const [packageName = '', name] = key.split('/');
    if (name !== undefined && entities.get('packages', packageName).binding !== undefined) {
      throw new HostError(400, 'Operation not permitted on package binding.');
    }
    const action = readAction(call.host, key, content, previous);
    if (previous !== undefined) pool.retire(previous.revision);
    return { ...action, revision: newId() };
  });

/**
 * Answers with an action. Its parameters are all that are bound to the action, including those of its package. A
 * sequence is shown as it is stored. The query `code=false` leaves the code out.
 */
export function getAction(call: RestCall, key: string): RestAnswer {
  const { host, query } = call;
  const action = findAction(host.entities, key);
  if (action === undefined) throw entityNotFound();
  const { exec } = action;
  if (isSequence(exec)) return entityAnswer(action);
  const { code, ...rest } = exec;
  return entityAnswer(action, {
    parameters: boundParameters(action, host.entities),
    exec: query.get('code') === 'false' ? rest : exec,
  });
}

/** Deletes an action. */
export function deleteAction(call: RestCall, key: string): RestAnswer {
  const { entities, pool } = call.host;
  pool.retire(entities.get('actions', key).revision);
  return deleteEntity(call, 'actions', key);
}

/** The longest time that a caller may wait, and the default: 60 s. */
const MAX_TIMEOUT_MS = 60_000;

/**
 * Invokes an action or a sequence. Each invocation is an activation. If the call is blocking and the activation ends in
 * time, the answer has its record, or only its result. Otherwise the answer is 202 with the activation's id.
 */
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
  const refusal = `Timeout must be number of milliseconds up to ${MAX_TIMEOUT_MS}.`;
  const timeoutMs = wholeNumberQuery(call, 'timeout', () => refusal) ?? MAX_TIMEOUT_MS;
  if (timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw malformedQuery('timeout', refusal);
}
