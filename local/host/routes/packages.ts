import { HostError, jsonAnswer, malformed, type RestAnswer } from '../answer.ts';
import { booleanQuery, type RestCall, readJsonObject } from '../call.ts';
import { mergeAnnotations, overlay, readEntries } from '../entities/entries.ts';
import { forbiddenNamespace } from '../entities/names.ts';
import { SYSTEM_NAMESPACE } from '../entities/store.ts';
import { type Binding, entryValue, type PackageEntity } from '../entities/types.ts';
import { isHostObject, type Json } from '../json.ts';
import { MAX_ENTITY_BYTES } from '../limits.ts';
import { document, named, readPrevious } from './entity-documents.ts';

/** Creates or overwrites a package. */
export async function putPackage(call: RestCall, name: string): Promise<RestAnswer> {
  const content = await readJsonObject(call, MAX_ENTITY_BYTES);
  const previous = readPrevious(call, 'packages', name);
  const binding = readBinding(call, content['binding'], previous);
  const entity = {
    ...named(call, 'packages', call.host.namespace, name, previous),
    annotations: mergeAnnotations(previous?.annotations ?? [], content),
    parameters: readEntries(content, 'parameters') ?? previous?.parameters ?? [],
    ...(binding === undefined ? {} : { binding }),
    publish: typeof content['publish'] === 'boolean' ? content['publish'] : (previous?.publish ?? false),
  };
  call.host.entities.set(name, entity);
  return jsonAnswer(200, document(entity));
}

/** A binding names a package that is there and is none itself; a package never becomes a binding. */
function readBinding(
  call: RestCall,
  value: Json | undefined,
  previous: PackageEntity | undefined,
): Binding | undefined {
  if (value === undefined || (isHostObject(value) && Object.keys(value).length === 0)) return previous?.binding;
  if (!isHostObject(value) || typeof value['namespace'] !== 'string' || typeof value['name'] !== 'string') {
    throw malformed('binding malformed');
  }
  if (previous !== undefined && previous.binding === undefined) {
    throw new HostError(400, 'Resource is a package and cannot be converted into a binding.');
  }
  const namespace = value['namespace'] === '_' ? call.host.namespace : value['namespace'];
  const binding = { namespace, name: value['name'] };
  if (namespace !== call.host.namespace && namespace !== SYSTEM_NAMESPACE) throw forbiddenNamespace(namespace);
  const target = call.host.entities.bound(binding).find('packages', binding.name);
  if (target === undefined) throw new HostError(400, 'Binding references a package that does not exist.');
  if (target.binding !== undefined) throw new HostError(400, 'Cannot bind to another package binding.');
  return binding;
}

/** A package with the names of its actions, a binding with those of its package; those annotated `feed` are told apart. */
export function getPackage(call: RestCall, name: string): RestAnswer {
  const { entities } = call.host;
  const own = entities.get('packages', name);
  const { binding } = own;
  const target = binding && entities.bound(binding).get('packages', binding.name);
  const entity = { ...own, parameters: overlay(target?.parameters ?? [], own.parameters) };
  const holder = binding === undefined ? entities : entities.bound(binding);
  const actions = holder.actionsOf(binding?.name ?? name).map(([, action]) => action);
  const brief = (isFeed: boolean): object[] =>
    actions
      .filter((action) => (entryValue(action.annotations, 'feed') === true) === isFeed)
      .map(({ name, version, annotations }) => ({ name, version, annotations }));
  return jsonAnswer(200, { ...document(entity), actions: brief(false), feeds: brief(true) });
}

/** Deletes an empty package, or with `force=true` its actions too. */
export function deletePackage(call: RestCall, name: string): RestAnswer {
  const { entities, pool } = call.host;
  const entity = entities.get('packages', name);
  const actions = entities.actionsOf(name);
  if (actions.length > 0 && !booleanQuery(call, 'force')) {
    const what = `Package not empty (contains ${actions.length} ${actions.length === 1 ? 'entity' : 'entities'}).`;
    throw new HostError(409, `${what} Set force param or delete package contents.`);
  }
  for (const [key, action] of actions) {
    entities.delete(key);
    pool.retire(action.revision);
  }
  entities.delete(name);
  return jsonAnswer(200, document(entity));
}
