import { HostError } from '../answer.ts';
import { booleanQuery, type RestCall } from '../call.ts';
import { type Entity, type EntityOf, type EntityType, isSequence } from '../entities/types.ts';

/** An entity as the REST API shows it. */
export function document(entity: Entity): object {
  switch (entity.type) {
    case 'packages': {
      const { type: _type, binding = {}, ...rest } = entity;
      return { ...rest, binding };
    }
    case 'actions': {
      const { type: _type, revision: _revision, builtIn: _builtIn, through: _through, ...rest } = entity;
      return rest;
    }
    case 'triggers': {
      const { type: _type, ...rest } = entity;
      return { ...rest, limits: {} };
    }
    case 'rules': {
      const { type: _type, ...rest } = entity;
      return rest;
    }
    default:
      return entity satisfies never;
  }
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

/** The entity that a PUT overwrites, if any; 409 when there is one and `overwrite=true` was not said. */
export function readPrevious<T extends EntityType>(call: RestCall, type: T, key: string): EntityOf<T> | undefined {
  const previous = call.host.entities.find(type, key);
  if (previous !== undefined && !booleanQuery(call, 'overwrite')) throw new HostError(409, 'resource already exists');
  return previous;
}

/** What every entity has: its name, and the version that follows on the one before. */
export function named<T extends EntityType>(
  call: RestCall,
  type: T,
  namespace: string,
  name: string,
  previous?: { version: string },
) {
  const [major = '0', minor = '0', patch = '0'] = previous?.version.split('.') ?? [];
  const version = `${major}.${minor}.${Number(patch) + 1}`;
  return { type, name, namespace, version, publish: false, updated: call.host.now() } as const;
}
