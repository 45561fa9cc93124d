/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. Its entities are packages, actions, triggers and rules. (A rule says that a trigger invokes an action.) Calls
 * about them are alike: this file has what they share.
 */

import { HostError, jsonAnswer, type RestAnswer } from '../answer.ts';
import { booleanQuery, type RestCall, readJsonObject } from '../call.ts';
import { mergeAnnotations } from '../entities/entries.ts';
import { type Entity, type EntityOf, type EntityType, isSequence, type Named } from '../entities/types.ts';
import type { HostObject } from '../json.ts';
import { MAX_ENTITY_BYTES } from '../limits.ts';

/** The fields that `read` returns: those that only this type of entity has, and common fields that it sets itself. */
type Own<T extends EntityType> = Omit<EntityOf<T>, keyof Named | 'type'> & Partial<Named>;

/**
 * Creates or overwrites the entity `key` (`name`, or `package/name`).
 *
 * @param read - reads the fields of this type from the body; `previous` is the entity that the PUT overwrites.
 * @throws HostError 409 if the entity exists and the query lacks `overwrite=true`, or if an entity of another type has
 *   the name; 400, 413 or 415 if the body or the query is wrong; ChunkTooLarge; also what `read` throws.
 */
export async function putEntity<T extends EntityType>(
  call: RestCall,
  type: T,
  key: string,
  read: (content: HostObject, previous: EntityOf<T> | undefined) => Own<T>,
): Promise<RestAnswer> {
  const { entities, namespace, now } = call.host;
  const content = await readJsonObject(call, MAX_ENTITY_BYTES);
  const previous = entities.find(type, key);
  if (previous !== undefined && !booleanQuery(call, 'overwrite')) throw new HostError(409, 'resource already exists');
  const [name = '', ...path] = key.split('/').reverse();
  const common = {
    name,
    namespace: [namespace, ...path].join('/'),
    version: nextVersion(previous?.version),
    publish: false,
    updated: now(),
    annotations: mergeAnnotations(previous?.annotations ?? [], content),
  };
  const entity = { type, ...common, ...read(content, previous) } as unknown as EntityOf<T>;
  entities.set(key, entity);
  return entityAnswer(entity);
}

function nextVersion(previous = '0.0.0'): string {
  const [major, minor, patch] = previous.split('.');
  return `${major}.${minor}.${Number(patch) + 1}`;
}

/** Deletes the entity `key`, and answers with it. */
export function deleteEntity(call: RestCall, type: EntityType, key: string): RestAnswer {
  const { entities } = call.host;
  const entity = entities.get(type, key);
  entities.delete(key);
  return entityAnswer(entity);
}

/** Fields of the host's own. Callers do not see them. */
const INTERNAL: readonly string[] = ['type', 'revision', 'builtIn', 'through'];

/** Answers with an entity. The fields of `more` replace the entity's fields. */
export function entityAnswer(entity: Entity, more: object = {}): RestAnswer {
  const shown = Object.entries(entity).filter(([field]) => !INTERNAL.includes(field));
  // Fields that OpenWhisk's answers have even if they are empty.
  const empty = { packages: { binding: {} }, triggers: { limits: {} }, actions: {}, rules: {} }[entity.type];
  return jsonAnswer(200, { ...empty, ...Object.fromEntries(shown), ...more });
}

/** An entity as a list shows it. */
export function summary(entity: Entity): object {
  const { name, namespace, version, publish, annotations, updated } = entity;
  const common = { name, namespace, version, publish, annotations, updated };
  switch (entity.type) {
    case 'packages':
      return { ...common, binding: entity.binding ?? false };
    case 'actions':
      return { ...common, limits: entity.limits, exec: { binary: !isSequence(entity.exec) && entity.exec.binary } };
    case 'triggers':
      return common;
    case 'rules':
      return { ...common, action: entity.action, trigger: entity.trigger };
    default:
      return entity satisfies never;
  }
}
