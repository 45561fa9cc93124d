/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Qlik groups apps by
 * tags and collections. Cascade does not use them, but people may try scripts that do. This file keeps both.
 */

import type { App } from './apps.ts';
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';

/** `public` is a tag, `publicgoverned` a collection that everybody sees (fact q-items-apps-spaces-04). */
export type CollectionType = 'public' | 'publicgoverned';

export interface Collection {
  readonly id: string;
  /** The collection's number. It orders collections that were made in the same millisecond. */
  readonly seq: number;
  readonly type: CollectionType;
  readonly name: string;
  readonly createdAt: number;
}

/** The tags and collections of the apps. A tag or collection is made when an app first uses it. */
export class Collections {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #byKey = new Map<string, Collection>();

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Returns the collection with this type and name, and makes it if there is none. Names are case-sensitive. */
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

/** Whether an app is in a collection, or has it as a tag. */
export function isIn(collection: Collection, app: App): boolean {
  return (collection.type === 'public' ? app.tags : app.collections).includes(collection.name);
}
