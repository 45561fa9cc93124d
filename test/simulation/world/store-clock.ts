import type { EpochMs } from '../../../src/core/units.ts';

/** The store's clock as one client knows it: the last answer's `Date`, cut to seconds, and a stopwatch. */
export class StoreClock {
  readonly #world: () => number;
  readonly #offset: number;
  #lead: number | undefined;

  /** @param offset - of the store's clock from the world's, ms. */
  constructor(world: () => number, offset: number) {
    this.#world = world;
    this.#offset = offset;
  }

  /** An answer's `Date` was read. */
  heard(): void {
    const date = Math.floor((this.#world() + this.#offset) / 1_000) * 1_000;
    this.#lead = date - this.#world();
  }

  now(): EpochMs | undefined {
    return this.#lead === undefined ? undefined : ((this.#world() + this.#lead) as EpochMs);
  }
}
