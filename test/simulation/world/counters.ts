/** How often things occurred, by name. */
export type Counts = Readonly<Record<string, number>>;

/** What occurred in one run, or in many. */
export interface Counters {
  readonly faults: Counts;
  /** Arrows of an order's life, `from → to`. */
  readonly arrows: Counts;
  /** The tenant's answers to POSTs. */
  readonly answers: Counts;
  /** What activations of `reload` did. */
  readonly did: Counts;
}

export const NO_COUNTERS: Counters = { faults: {}, arrows: {}, answers: {}, did: {} };

function addCounts(a: Counts, b: Counts): Counts {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(names.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}

export const addCounters = (a: Counters, b: Counters): Counters => ({
  faults: addCounts(a.faults, b.faults),
  arrows: addCounts(a.arrows, b.arrows),
  answers: addCounts(a.answers, b.answers),
  did: addCounts(a.did, b.did),
});

/** Counts by name. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  get counts(): Counts {
    return Object.fromEntries(this.#counts);
  }
}
