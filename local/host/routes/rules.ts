import { HostError, jsonAnswer, malformed, type RestAnswer, text } from '../answer.ts';
import { type RestCall, readJsonObject } from '../call.ts';
import { mergeAnnotations } from '../entities/entries.ts';
import { forbiddenNamespace, fullName, keyOf, resolvePath } from '../entities/names.ts';
import { findAction } from '../entities/store.ts';
import type { EntityReference } from '../entities/types.ts';
import { type HostObject, isHostObject, type Json } from '../json.ts';
import { MAX_ENTITY_BYTES } from '../limits.ts';
import { document, named, readPrevious } from './entity-documents.ts';

/** Creates or overwrites a rule; a new one is active, an old one keeps its status. */
export async function putRule(call: RestCall, name: string): Promise<RestAnswer> {
  const content = await readJsonObject(call, MAX_ENTITY_BYTES);
  const previous = readPrevious(call, 'rules', name);
  const entity = {
    ...named(call, 'rules', call.host.namespace, name, previous),
    annotations: mergeAnnotations(previous?.annotations ?? [], content),
    trigger: readTarget(call, content, 'trigger', previous?.trigger),
    action: readTarget(call, content, 'action', previous?.action),
    // A status in the body counts for nothing (the command-line tool sends an empty one).
    status: previous?.status ?? ('active' as const),
  };
  call.host.entities.set(name, entity);
  return jsonAnswer(200, document(entity));
}

/** `POST {"status":"active"|"inactive"}`. */
export async function setRuleStatus(call: RestCall, name: string): Promise<RestAnswer> {
  const rule = call.host.entities.get('rules', name);
  const status = readStatus((await readJsonObject(call))['status']);
  call.host.entities.set(name, { ...rule, status });
  return text(200, 'OK');
}

/** A rule with its status. */
export const getRule = (call: RestCall, name: string): RestAnswer =>
  jsonAnswer(200, document(call.host.entities.get('rules', name)));

/** Deletes a rule, active or not. */
export function deleteRule(call: RestCall, name: string): RestAnswer {
  const rule = call.host.entities.get('rules', name);
  call.host.entities.delete(name);
  return jsonAnswer(200, document(rule));
}

function readStatus(value: Json | undefined): 'active' | 'inactive' {
  if (value === 'active' || value === 'inactive') return value;
  throw malformed(`${JSON.stringify(value)} is not a recognized rule state`);
}

function readTarget(
  call: RestCall,
  content: HostObject,
  what: 'trigger' | 'action',
  previous: EntityReference | undefined,
): EntityReference {
  const value = content[what];
  if (value === undefined && previous !== undefined) return previous;
  const { entities, namespace } = call.host;
  const target = readReference(value, namespace);
  if (target === undefined) throw malformed(`${what} malformed`);
  const [root = ''] = target.path.split('/');
  if (root !== namespace) throw forbiddenNamespace(root);
  const found = what === 'action' ? findAction(entities, keyOf(target)) : entities.find('triggers', keyOf(target));
  if (found === undefined) {
    throw new HostError(400, `${what} ${fullName(target)} does not exist`);
  }
  return target;
}

/** `/ns/pkg/act`, or the same as `{ path, name }`. */
function readReference(value: Json | undefined, namespace: string): EntityReference | undefined {
  if (typeof value === 'string') return resolvePath(value, namespace);
  if (!isHostObject(value)) return undefined;
  return resolvePath(`/${String(value['path'])}/${String(value['name'])}`, namespace);
}
