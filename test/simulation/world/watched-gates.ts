import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';

/** How long a reload may rely on what it, or the step before it, read of a gate. The clocks show whole seconds. */
const STALE_MS = 12_000;

interface Shut {
  readonly storedAt: number;
  /** World time. */
  readonly until: number;
}

/** An activation that posts. */
interface Poster {
  readonly label: string;
  /** World time. */
  readonly startedAt: number;
}

/**
 * When each gate was shut, and until when. An activation that began after the shutting must not post before that time.
 * An activation that was refused itself must not post again before the time that its tenant told it.
 */
export class WatchedGates {
  readonly #shut = new Map<string, Shut[]>();
  /** For each activation that a tenant refused for rate: the world time until which the tenant told it to wait. */
  readonly #told = new Map<string, number>();
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

  /** Notes that a tenant refused an activation's POST for rate, until a world time. */
  refused({ label }: Poster, until: number): void {
    this.#told.set(label, until);
  }

  /** Until which world time an activation must not post; 0 if it may post at any time. */
  shutFor(tenant: string, { label, startedAt }: Poster): number {
    const known = (this.#shut.get(`gate:${tenant}`) ?? []).filter(({ storedAt }) => storedAt + STALE_MS < startedAt);
    return Math.max(this.#told.get(label) ?? 0, ...known.map(({ until }) => until));
  }
}
