import type { App } from './apps.ts';
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';

/** `public` is a tag, `publicgoverned` a collection that everybody sees (q-items-apps-spaces-04). */
export type CollectionType = 'public' | 'publicgoverned';

export interface Collection {
  readonly id: string;
  /** Its number among the collections: it orders those of the same millisecond. */
  readonly seq: number;
  readonly type: CollectionType;
  readonly name: string;
  readonly createdAt: number;
}

/** The tags and collections of the apps; each exists from its first use on. */
export class Collections {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #byKey = new Map<string, Collection>();

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /** The collection of that type and name, which is made if there is none. Names are case-sensitive. */
  named(type: CollectionType, name: string): Collection {
    const known = this.#byKey.get(keyOf(type, name));
    if (known !== undefined) return known;
    const made = { id: this.#chance.hexId(), seq: this.#byKey.size + 1, type, name, createdAt: this.#clock.now() };
    this.restore([made]);
    return made;
  }

  get(id: string): Collection | undefined {
    return this.all().find((collection) => collection.id === id);
  }

  all(): readonly Collection[] {
    return [...this.#byKey.values()];
  }

  restore(collections: readonly Collection[]): void {
    for (const collection of collections) this.#byKey.set(keyOf(collection.type, collection.name), collection);
  }
}

function keyOf(type: CollectionType, name: string): string {
  return `${type} ${name}`;
}

/** Whether the app has that tag or is in that collection. */
export function isIn(collection: Collection, app: App): boolean {
  return (collection.type === 'public' ? app.tags : app.collections).includes(collection.name);
}
