/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. If a trigger is fired, the actions of its rules run; one trigger starts Cascade's sweep. This file answers
 * the calls of the REST API about triggers.
 */

import { jsonAnswer, type RestAnswer } from '../answer.ts';
import { type RestCall, readJsonObject } from '../call.ts';
import { readParameters } from '../entities/entries.ts';
import { fireTrigger, removeTrigger, rulesOf } from '../triggers/triggers.ts';
import { requestHeaders } from '../web/web-parameters.ts';
import { entityAnswer, putEntity } from './entities.ts';

/** Creates or overwrites a trigger. */
export const putTrigger = (call: RestCall, name: string): Promise<RestAnswer> =>
  putEntity(call, 'triggers', name, (content, previous) => ({ parameters: readParameters(content, previous) }));

/** Fires a trigger. Answers 202 with the id of the trigger's record, or 204 if the trigger has no active rule. */
export async function postTrigger(call: RestCall, trigger: string): Promise<RestAnswer> {
  const payload = await readJsonObject(call);
  // The actions get these headers as a parameter. The content type is left out: it describes this request's body as
  // text, and the actions get only the fields that were read from it.
  const { 'content-type': _type, ...headers } = requestHeaders(call.request);
  const activationId = fireTrigger(call.host, { trigger, payload, headers, transactionId: call.transactionId });
  if (activationId === undefined) return { status: 204, headers: [], body: '' };
  return jsonAnswer(202, { activationId }, [['x-openwhisk-activation-id', activationId]]);
}

/** Answers with a trigger, and with its rules if it has any. */
export function getTrigger(call: RestCall, name: string): RestAnswer {
  const { entities, namespace } = call.host;
  const trigger = entities.get('triggers', name);
  const rules = rulesOf(entities, trigger).map(({ name, action, status }) => [
    `${namespace}/${name}`,
    { action, status },
  ]);
  return entityAnswer(trigger, rules.length === 0 ? {} : { rules: Object.fromEntries(rules) });
}

/** Deletes a trigger. Its rules stay, but become inactive. */
export function deleteTrigger(call: RestCall, name: string): RestAnswer {
  const trigger = call.host.entities.get('triggers', name);
  removeTrigger(call.host.entities, trigger);
  return entityAnswer(trigger);
}
