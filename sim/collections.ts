import type { App } from './apps.ts';
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';

/** `public` are tags, `publicgoverned` the collections that all see (q-items-apps-spaces-04). */
export type CollectionType = 'public' | 'publicgoverned';

export interface Collection {
  readonly id: string;
  /** Counts the collections: orders those of the same millisecond. */
  readonly seq: number;
  readonly type: CollectionType;
  readonly name: string;
  readonly createdAt: number;
}

/** The tags and collections that apps have been given; each exists from its first use on. */
export class Collections {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #byKey = new Map<string, Collection>();
  readonly #byId = new Map<string, Collection>();

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /** The collection of that type and name, made if there is none. Names are case-sensitive. */
  named(type: CollectionType, name: string): Collection {
    const key = `${type} ${name}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const made = { id: this.#chance.hexId(), seq: this.#byId.size + 1, type, name, createdAt: this.#clock.now() };
    this.#byKey.set(key, made);
    this.#byId.set(made.id, made);
    return made;
  }

  get(id: string): Collection | undefined {
    return this.#byId.get(id);
  }

  all(): readonly Collection[] {
    return [...this.#byId.values()];
  }
}

/** Whether the app has that tag or is in that collection. */
export function isIn(collection: Collection, app: App): boolean {
  return (collection.type === 'public' ? app.tags : app.collections).includes(collection.name);
}
