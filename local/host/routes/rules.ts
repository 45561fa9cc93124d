import { type Answer, json, malformed, text, WireError } from '../answer.ts';
import { type Call, readJsonObject } from '../call.ts';
import { mergeAnnotations } from '../entities/entries.ts';
import { forbidden, fullName, keyOf, resolvePath } from '../entities/names.ts';
import { findAction } from '../entities/store.ts';
import type { Reference } from '../entities/types.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { MAX_ENTITY_BYTES } from '../limits.ts';
import { document, named, readPrevious } from './entity-documents.ts';

/** Creates or overwrites a rule; a new one is active, an old one keeps its status. */
export async function putRule(call: Call, name: string): Promise<Answer> {
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
  return json(200, document(entity));
}

/** `POST {"status":"active"|"inactive"}`. */
export async function setRuleStatus(call: Call, name: string): Promise<Answer> {
  const rule = call.host.entities.get('rules', name);
  const status = readStatus((await readJsonObject(call))['status']);
  call.host.entities.set(name, { ...rule, status });
  return text(200, 'OK');
}

/** A rule with its status. */
export const getRule = (call: Call, name: string): Answer => json(200, document(call.host.entities.get('rules', name)));

/** Deletes a rule, active or not. */
export function deleteRule(call: Call, name: string): Answer {
  const rule = call.host.entities.get('rules', name);
  call.host.entities.delete(name);
  return json(200, document(rule));
}

function readStatus(value: Json | undefined): 'active' | 'inactive' {
  if (value === 'active' || value === 'inactive') return value;
  throw malformed(`${JSON.stringify(value)} is not a recognized rule state`);
}

function readTarget(
  call: Call,
  content: JsonObject,
  what: 'trigger' | 'action',
  previous: Reference | undefined,
): Reference {
  const value = content[what];
  if (value === undefined && previous !== undefined) return previous;
  const { entities, namespace } = call.host;
  const target = readReference(value, namespace);
  if (target === undefined) throw malformed(`${what} malformed`);
  const [root = ''] = target.path.split('/');
  if (root !== namespace) throw forbidden(root);
  const found = what === 'action' ? findAction(entities, keyOf(target)) : entities.find('triggers', keyOf(target));
  if (found === undefined) {
    throw new WireError(400, `${what} ${fullName(target)} does not exist`);
  }
  return target;
}

/** `/ns/pkg/act`, or the same as `{ path, name }`. */
function readReference(value: Json | undefined, namespace: string): Reference | undefined {
  if (typeof value === 'string') return resolvePath(value, namespace);
  if (!isJsonObject(value)) return undefined;
  return resolvePath(`/${String(value['path'])}/${String(value['name'])}`, namespace);
}
