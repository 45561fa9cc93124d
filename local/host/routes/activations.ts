/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. An activation is one run of an action. This file answers the calls of the REST API about activations, so that
 * people can look up results and logs.
 */

import { summarize } from '../activations.ts';
import { entityNotFound, HostError, jsonAnswer, type RestAnswer } from '../answer.ts';
import { booleanQuery, type RestCall, wholeNumberQuery } from '../call.ts';
import { entryValue } from '../entities/types.ts';
import { listPage } from './list.ts';

const ID_LENGTH = 32;

/**
 * Lists records, the latest first. The query's `since` and `upto` bound the start of an activation, in epoch
 * milliseconds. The query's `name` is `action` or `package/action`.
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

/**
 * Answers with a stored record. If `part` is `result`, the answer has only the response; if it is `logs`, only the
 * logs.
 *
 * @throws HostError 400 for an id of another length, 404 for an unknown id or part.
 */
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
