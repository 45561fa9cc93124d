import { entityNotFound, HostError } from '../answer.ts';
import type { ActionEntity, Binding, Entity, EntityOf, EntityType } from './types.ts';

/** Where the host's own packages are, which everybody may read and invoke. */
export const SYSTEM_NAMESPACE = 'whisk.system';

/**
 * The entities of the one namespace. Keys are `name`, and `package/name` for an action in a package: packages,
 * triggers, rules and package-less actions share one set of names.
 */
export class EntityStore {
  readonly #entities = new Map<string, Entity>();
  readonly #system: EntityStore | undefined;

  /** `system` holds what the host itself offers to all, and has none above it. */
  constructor(system?: EntityStore) {
    this.#system = system;
  }

  /** What the host itself offers. */
  get system(): EntityStore {
    return this.#system ?? this;
  }

  /** The entities among which a binding's package is. */
  bound({ namespace }: Binding): EntityStore {
    return namespace === SYSTEM_NAMESPACE ? this.system : this;
  }

  /** The entity, or undefined; 409 when the name is another type's. */
  find<T extends EntityType>(type: T, key: string): EntityOf<T> | undefined {
    const entity = this.#entities.get(key);
    if (entity !== undefined && entity.type !== type) {
      throw new HostError(409, 'Resource by this name exists but is not in this collection.');
    }
    return entity as EntityOf<T> | undefined;
  }

  /** The entity; 404 when there is none, 409 when the name is another type's. */
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

  /** All of a type, the latest changed first. */
  all<T extends EntityType>(type: T): readonly EntityOf<T>[] {
    const isOfType = (entity: Entity): entity is EntityOf<T> => entity.type === type;
    return [...this.#entities.values()].filter(isOfType).sort((a, b) => b.updated - a.updated);
  }

  /** The actions in a package. */
  actionsOf(packageName: string): readonly ActionEntity[] {
    return this.all('actions').filter(({ namespace }) => namespace.split('/')[1] === packageName);
  }
}

/** The action of that key, also through a package binding; undefined when there is none. @throws WireError 409 for another type's name. */
export function findAction(entities: EntityStore, key: string): ActionEntity | undefined {
  const own = entities.find('actions', key);
  const [packageName = '', name] = key.split('/');
  if (own !== undefined || name === undefined) return own;
  const through = entities.find('packages', packageName);
  if (through?.binding === undefined) return undefined;
  const action = entities.bound(through.binding).find('actions', `${through.binding.name}/${name}`);
  return action && { ...action, through };
}
