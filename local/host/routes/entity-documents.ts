import { type Entity, isSequence } from '../entities/types.ts';

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
