import { type Answer, json } from '../answer.ts';
import { booleanQuery, type Call, readJsonObject } from '../call.ts';
import { mergeAnnotations, readEntries } from '../entities/entries.ts';
import { entryValue } from '../entities/types.ts';
import { malformed, WireError } from '../errors.ts';
import { isJsonObject } from '../json.ts';
import { MAX_ENTITY_BYTES } from '../limits.ts';
import { document } from './entity-documents.ts';
import { named, readPrevious } from './put-entity.ts';

/** Creates or overwrites a package. */
export async function putPackage(call: Call, name: string): Promise<Answer> {
  const content = await readJsonObject(call, MAX_ENTITY_BYTES);
  const previous = readPrevious(call, 'packages', name);
  const { binding } = content;
  if (isJsonObject(binding) && Object.keys(binding).length > 0) throw malformed('This host has no package bindings.');
  const entity = {
    ...named(call, 'packages', call.host.namespace, name, previous),
    annotations: mergeAnnotations(previous?.annotations ?? [], content),
    parameters: readEntries(content, 'parameters') ?? previous?.parameters ?? [],
  };
  call.host.entities.set(name, entity);
  return json(200, document(entity));
}

/** A package with the names of its actions; those annotated `feed` are told apart. */
export function getPackage(call: Call, name: string): Answer {
  const entity = call.host.entities.get('packages', name);
  const actions = call.host.entities.actionsOf(name).map(([, action]) => action);
  const brief = (isFeed: boolean): object[] =>
    actions
      .filter((action) => (entryValue(action.annotations, 'feed') === true) === isFeed)
      .map(({ name, version, annotations }) => ({ name, version, annotations }));
  return json(200, { ...document(entity), actions: brief(false), feeds: brief(true) });
}

/** Deletes an empty package, or with `force=true` its actions too. */
export function deletePackage(call: Call, name: string): Answer {
  const { entities, pool } = call.host;
  const entity = entities.get('packages', name);
  const actions = entities.actionsOf(name);
  if (actions.length > 0 && !booleanQuery(call, 'force')) {
    const what = `Package not empty (contains ${actions.length} ${actions.length === 1 ? 'entity' : 'entities'}).`;
    throw new WireError(409, `${what} Set force param or delete package contents.`);
  }
  for (const [key, action] of actions) {
    entities.delete(key);
    pool.retire(action.revision);
  }
  entities.delete(name);
  return json(200, document(entity));
}
