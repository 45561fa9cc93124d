import type { EpochMs } from '../../../src/core/units.ts';

/**
 * The store's clock as one client knows it, from a stopwatch and the `Date` of the last answer, which has whole
 * seconds.
 */
export class StoreClock {
  readonly #world: () => number;
  readonly #offset: number;
  #lead: number | undefined;

  /** @param offset - how far the store's clock is ahead of the world's, in ms. */
  constructor(world: () => number, offset: number) {
    this.#world = world;
    this.#offset = offset;
  }

  /** Reads the `Date` of an answer that just came. */
  heard(): void {
    const date = Math.floor((this.#world() + this.#offset) / 1_000) * 1_000;
    this.#lead = date - this.#world();
  }

  now(): EpochMs | undefined {
    return this.#lead === undefined ? undefined : ((this.#world() + this.#lead) as EpochMs);
  }
}
