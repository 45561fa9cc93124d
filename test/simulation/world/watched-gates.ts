import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';

/**
 * So long a reload may go by what it, or the step before it, read of a gate; by clocks that show whole seconds.
 */
const STALE_MS = 12_000;

interface Shut {
  readonly storedAt: number;
  /** World time. */
  readonly until: number;
}

/** When each gate was shut, and until when. Whoever began later may not post before. */
export class WatchedGates {
  readonly #shut = new Map<string, Shut[]>();
  readonly #storeOffset: number;

  /** @param storeOffset - of the store's clock from the world's, ms. */
  constructor(storeOffset: number) {
    this.#storeOffset = storeOffset;
  }

  /** A gate was stored, at world time `storedAt`. */
  written({ _id, until }: StoredDocument, storedAt: number): void {
    if (typeof until !== 'number') return;
    const known = this.#shut.get(_id) ?? [];
    this.#shut.set(_id, [...known, { storedAt, until: until - this.#storeOffset }]);
  }

  /** Until when the gate is shut for an activation that began at world time `startedAt`; 0 if it never was. */
  shutFor(tenant: string, startedAt: number): number {
    const known = (this.#shut.get(`gate:${tenant}`) ?? []).filter(({ storedAt }) => storedAt + STALE_MS < startedAt);
    return Math.max(0, ...known.map(({ until }) => until));
  }
}
