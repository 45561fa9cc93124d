import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';

/** How long a reload may rely on what it, or the step before it, read of a gate. The clocks show whole seconds. */
const STALE_MS = 12_000;

interface Shut {
  readonly storedAt: number;
  /** World time. */
  readonly until: number;
}

/**
 * When each gate was shut, and until when. An activation that began after the shutting must not post before that time.
 */
export class WatchedGates {
  readonly #shut = new Map<string, Shut[]>();
  readonly #storeOffset: number;

  /** @param storeOffset - how far the store's clock is ahead of the world's, in ms. */
  constructor(storeOffset: number) {
    this.#storeOffset = storeOffset;
  }

  /** Notes that a gate was stored at world time `storedAt`. */
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
