interface Planned {
  readonly at: number;
  /** Of steps with equal times, the one planned first comes first. */
  readonly order: number;
  readonly run: () => void;
}

const isSooner = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Runs the continuations of all settled promises, and what follows from them. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * The virtual clock and everything that is planned by it. Nothing else makes time pass. Whoever waits, waits on a
 * promise that a planned step settles, and everything that follows has run before the next step. So a run is a function
 * of its seed.
 */
export class Scheduler {
  /** World time, in ms since the epoch. Nobody in the world knows it, as each has a clock of its own. */
  now: number;
  readonly #heap: Planned[] = [];
  #order = 0;
  #isSettled = true;
  #thrown: { readonly error: unknown } | undefined;

  constructor(start: number) {
    this.now = start;
  }

  /** Plans a step. A time in the past means now. */
  at(time: number, run: () => void): void {
    this.#push({ at: Math.max(Math.round(time), this.now), order: this.#order, run });
    this.#order += 1;
  }

  after(durationMs: number, run: () => void): void {
    this.at(this.now + durationMs, run);
  }

  /** Settles a promise within a step (see `settle`). */
  wake(resume: () => void): void {
    this.#isSettled = false;
    resume();
  }

  /** @throws the error that started work threw. */
  async runUntil(time: number): Promise<void> {
    await this.#settled();
    for (let next = this.#heap[0]; next !== undefined && next.at <= time; next = this.#heap[0]) {
      this.#pop();
      this.now = Math.max(this.now, next.at);
      next.run();
      await this.#settled();
    }
    this.now = Math.max(this.now, time);
  }

  /** Starts an asynchronous piece of work now; its first continuation runs before the next step. */
  start(work: () => Promise<void>): void {
    this.#isSettled = false;
    work().catch((error: unknown) => {
      this.#thrown ??= { error };
    });
  }

  async #settled(): Promise<void> {
    while (!this.#isSettled) {
      this.#isSettled = true;
      await settle();
    }
    if (this.#thrown !== undefined) throw this.#thrown.error;
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(planned);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isSooner(planned, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = planned;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.#soonerOf(left, left + 1);
      const below = heap[child];
      if (below === undefined || !isSooner(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }

  #soonerOf(left: number, right: number): number {
    const [a, b] = [this.#heap[left], this.#heap[right]];
    return a !== undefined && b !== undefined && isSooner(b, a) ? right : left;
  }
}
