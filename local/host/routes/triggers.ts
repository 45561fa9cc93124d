import { jsonAnswer, type RestAnswer } from '../answer.ts';
import { type RestCall, readJsonObject } from '../call.ts';
import { mergeAnnotations, readEntries } from '../entities/entries.ts';
import { MAX_ENTITY_BYTES } from '../limits.ts';
import { fireTrigger, removeTrigger, rulesOf } from '../triggers/triggers.ts';
import { requestHeaders } from '../web/web-parameters.ts';
import { document, named, readPrevious } from './entity-documents.ts';

/** Creates or overwrites a trigger. */
export async function putTrigger(call: RestCall, name: string): Promise<RestAnswer> {
  const content = await readJsonObject(call, MAX_ENTITY_BYTES);
  const previous = readPrevious(call, 'triggers', name);
  const entity = {
    ...named(call, 'triggers', call.host.namespace, name, previous),
    annotations: mergeAnnotations(previous?.annotations ?? [], content),
    parameters: readEntries(content, 'parameters') ?? previous?.parameters ?? [],
  };
  call.host.entities.set(name, entity);
  return jsonAnswer(200, document(entity));
}

/** Fires a trigger: 202 with its activation id, or 204 when it has no active rule. */
export async function postTrigger(call: RestCall, trigger: string): Promise<RestAnswer> {
  const payload = await readJsonObject(call);
  // The type belongs to the body, which the action does not get as such.
  const { 'content-type': _type, ...headers } = requestHeaders(call.request);
  const activationId = fireTrigger(call.host, { trigger, payload, headers, transactionId: call.transactionId });
  if (activationId === undefined) return { status: 204, headers: [], body: '' };
  return jsonAnswer(202, { activationId }, [['x-openwhisk-activation-id', activationId]]);
}

/** A trigger with its rules, if it has any. */
export function getTrigger(call: RestCall, name: string): RestAnswer {
  const trigger = call.host.entities.get('triggers', name);
  const rules = rulesOf(call.host.entities, trigger).map(([key, { action, status }]) => {
    return [`${call.host.namespace}/${key}`, { action, status }] as const;
  });
  return jsonAnswer(200, { ...document(trigger), ...(rules.length === 0 ? {} : { rules: Object.fromEntries(rules) }) });
}

/** Deletes a trigger; its rules stay, inactive. */
export function deleteTrigger(call: RestCall, name: string): RestAnswer {
  const trigger = call.host.entities.get('triggers', name);
  removeTrigger(call.host.entities, trigger);
  return jsonAnswer(200, document(trigger));
}
