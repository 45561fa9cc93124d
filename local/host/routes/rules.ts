/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. A rule says that a trigger invokes an action; Cascade's schedule has two. This file answers the calls of the
 * REST API about rules.
 */

import { HostError, malformed, type RestAnswer, text } from '../answer.ts';
import { type RestCall, readJsonObject } from '../call.ts';
import { fullName, keyOf, requireOwn, resolvePath } from '../entities/names.ts';
import { findAction } from '../entities/store.ts';
import type { EntityReference } from '../entities/types.ts';
import { isHostObject, type Json } from '../json.ts';
import { deleteEntity, entityAnswer, putEntity } from './entities.ts';

/** Creates or overwrites a rule. A new rule is active. A rule that is overwritten keeps its status. */
export const putRule = (call: RestCall, name: string): Promise<RestAnswer> =>
  putEntity(call, 'rules', name, (content, previous) => ({
    trigger: readTarget(call, 'trigger', content['trigger'], previous?.trigger),
    action: readTarget(call, 'action', content['action'], previous?.action),
    // A status in the body is ignored: OpenWhisk's command-line tool sends an empty one.
    status: previous?.status ?? 'active',
  }));

/** Answers `POST {"status":"active"|"inactive"}`: switches a rule on or off. */
export async function setRuleStatus(call: RestCall, name: string): Promise<RestAnswer> {
  const rule = call.host.entities.get('rules', name);
  const { status } = await readJsonObject(call);
  if (status !== 'active' && status !== 'inactive') {
    throw malformed(`${JSON.stringify(status)} is not a recognized rule state`);
  }
  call.host.entities.set(name, { ...rule, status });
  return text(200, 'OK');
}

/** Answers with a rule and its status. */
export const getRule = (call: RestCall, name: string): RestAnswer =>
  entityAnswer(call.host.entities.get('rules', name));

/** Deletes a rule, active or not. */
export const deleteRule = (call: RestCall, name: string): RestAnswer => deleteEntity(call, 'rules', name);

/** The trigger or action that a rule names. If the body does not name it, it stays as it was. */
function readTarget(
  { host: { entities, namespace } }: RestCall,
  what: 'trigger' | 'action',
  value: Json | undefined,
  previous: EntityReference | undefined,
): EntityReference {
  if (value === undefined && previous !== undefined) return previous;
  const target = requireOwn(readReference(value, namespace), namespace, what);
  const name = fullName(target);
  const found = what === 'action' ? findAction(entities, keyOf(name)) : entities.find('triggers', keyOf(name));
  if (found === undefined) throw new HostError(400, `${what} ${name} does not exist`);
  return target;
}

/** Reads a reference: `/ns/pkg/act`, or `{ path: 'ns/pkg', name: 'act' }`. */
function readReference(value: Json | undefined, namespace: string): EntityReference | undefined {
  if (typeof value === 'string') return resolvePath(value, namespace);
  if (!isHostObject(value)) return undefined;
  return resolvePath(`/${String(value['path'])}/${String(value['name'])}`, namespace);
}
