/*
 * The local host imitates OpenWhisk on a laptop, without Docker. This file answers the calls of the REST API about
 * activations, which are runs of actions.
 */

import { summarize } from '../activations.ts';
import { entityNotFound, HostError, jsonAnswer, type RestAnswer } from '../answer.ts';
import { booleanQuery, type RestCall, wholeNumberQuery } from '../call.ts';
import { entryValue } from '../entities/types.ts';
import { listPage } from './list.ts';

const ID_LENGTH = 32;

/**
 * Lists records, the latest first. The query's `since` and `upto` bound their start, in epoch milliseconds. `name` is
 * `action` or `package/action`.
 */
export function listActivations(call: RestCall): RestAnswer {
  const { activations, namespace } = call.host;
  const since = epochMs(call, 'since') ?? 0;
  const upto = epochMs(call, 'upto') ?? Number.POSITIVE_INFINITY;
  const name = call.query.get('name');
  const found = activations.latest().filter((record) => {
    // The record of a trigger has no path, and a trigger is in no package.
    const path = entryValue(record.annotations, 'path') ?? `${namespace}/${record.name}`;
    const isNamed = name === null || path === `${namespace}/${name}`;
    return isNamed && record.start >= since && record.start <= upto;
  });
  const isWhole = booleanQuery(call, 'docs');
  return listPage(call, 'activations', found, (record) => (isWhole ? record : summarize(record)));
}

/** OpenWhisk's message says seconds, but the number is in milliseconds. */
const epochMs = (call: RestCall, name: string): number | undefined =>
  wholeNumberQuery(call, name, (text) => `Parameter is not a valid value for epoch seconds: ${text}`);

/** Answers with a stored record. The part `result` is its response alone, the part `logs` its logs. */
export function getActivation(call: RestCall, activationId: string, part: string | undefined): RestAnswer {
  if (activationId.length !== ID_LENGTH) {
    throw new HostError(400, `Activation id length is ${activationId.length} but must be ${ID_LENGTH}.`);
  }
  const record = call.host.activations.get(activationId);
  if (record === undefined) throw entityNotFound();
  switch (part) {
    case undefined:
      return jsonAnswer(200, record);
    case 'result':
      return jsonAnswer(200, record.response);
    case 'logs':
      return jsonAnswer(200, { logs: record.logs });
    default:
      throw entityNotFound();
  }
}
