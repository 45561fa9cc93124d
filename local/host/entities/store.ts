/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file keeps the host's entities in memory: packages, actions, triggers and rules. (A rule says that a
 * trigger invokes an action.)
 */

import { entityNotFound, HostError } from '../answer.ts';
import type { ActionEntity, Binding, Entity, EntityOf, EntityType } from './types.ts';

/** The namespace of the host's own packages. Whoever has the host's key may read them and invoke their actions. */
export const SYSTEM_NAMESPACE = 'whisk.system';

/**
 * The entities of one namespace by their keys. The key is `name`, or `package/name` for an action in a package. As in
 * OpenWhisk, two entities cannot have the same key, even if their types differ.
 */
export class EntityStore {
  readonly #entities = new Map<string, Entity>();
  readonly #system: EntityStore | undefined;

  /** @param system - the store of the host's own entities; undefined if this is that store. */
  constructor(system?: EntityStore) {
    this.#system = system;
  }

  /** The store of the host's own entities. */
  get system(): EntityStore {
    return this.#system ?? this;
  }

  /** The store that has the package for which a binding stands. A binding is another name for a package. */
  bound({ namespace }: Binding): EntityStore {
    return namespace === SYSTEM_NAMESPACE ? this.system : this;
  }

  /**
   * The entity; undefined if there is none.
   *
   * @throws HostError 409 if an entity of another type has the name.
   */
  find<T extends EntityType>(type: T, key: string): EntityOf<T> | undefined {
    const entity = this.#entities.get(key);
    if (entity !== undefined && entity.type !== type) {
      throw new HostError(409, 'Resource by this name exists but is not in this collection.');
    }
    return entity as EntityOf<T> | undefined;
  }

  /**
   * The entity.
   *
   * @throws HostError 404 if there is none, 409 if an entity of another type has the name.
   */
  get<T extends EntityType>(type: T, key: string): EntityOf<T> {
    const entity = this.find(type, key);
    if (entity === undefined) throw entityNotFound();
    return entity;
  }

  set(key: string, entity: Entity): void {
    this.#entities.set(key, entity);
  }

  delete(key: string): void {
    this.#entities.delete(key);
  }

  /** All entities of a type. The entity that was changed last comes first. */
  all<T extends EntityType>(type: T): readonly EntityOf<T>[] {
    const isOfType = (entity: Entity): entity is EntityOf<T> => entity.type === type;
    return [...this.#entities.values()].filter(isOfType).sort((a, b) => b.updated - a.updated);
  }

  /** The actions in a package. */
  actionsOf(packageName: string): readonly ActionEntity[] {
    return this.all('actions').filter(({ namespace }) => namespace.split('/')[1] === packageName);
  }
}

/**
 * Finds the action `key`. Its package may be a binding: then the action is in another package.
 *
 * @returns undefined if there is no such action.
 * @throws HostError 409 if an entity of another type has the name of the action or of its package.
 */
export function findAction(entities: EntityStore, key: string): ActionEntity | undefined {
  const own = entities.find('actions', key);
  const [packageName = '', name] = key.split('/');
  if (own !== undefined || name === undefined) return own;
  const through = entities.find('packages', packageName);
  if (through?.binding === undefined) return undefined;
  const action = entities.bound(through.binding).find('actions', `${through.binding.name}/${name}`);
  return action && { ...action, through };
}
