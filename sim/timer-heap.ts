/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file keeps the
 * work that waits for a time of its clock.
 */

/** Work that waits for its time. `work` is undefined if somebody has cancelled it. */
export interface Timer {
  /** Epoch ms. */
  readonly due: number;
  readonly seq: number;
  work: (() => void) | undefined;
}

/**
 * Keeps timers in order: the one that is due first comes first. Of several that are due at the same time, it is the one
 * that was added first. A heap is fast even with the 50,000 timers of a long test.
 */
export class TimerHeap {
  readonly #heap: Timer[] = [];
  #seq = 0;

  add(due: number, work: () => void): Timer {
    this.#seq += 1;
    const timer = { due, seq: this.#seq, work };
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return timer;
  }

  /** The next timer that nobody has cancelled. It stays in the heap. */
  peek(): Timer | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].work === undefined) this.#drop();
    return this.#heap[0];
  }

  /** Removes and returns the next timer, if it is due at `until` (epoch ms) or earlier. */
  take(until: number): Timer | undefined {
    const next = this.peek();
    if (next === undefined || next.due > until) return undefined;
    this.#drop();
    return next;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #drop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(start: number): void {
    for (let index = start; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(start: number): void {
    for (let index = start; ; ) {
      const left = 2 * index + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(child, index)) return;
      this.#swap(index, child);
      index = child;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [first, second] = [this.#heap[one], this.#heap[other]];
    if (first === undefined || second === undefined) return false;
    return first.due === second.due ? first.seq < second.seq : first.due < second.due;
  }

  #swap(one: number, other: number): void {
    const [first, second] = [this.#heap[one], this.#heap[other]];
    if (first === undefined || second === undefined) return;
    this.#heap[one] = second;
    this.#heap[other] = first;
  }
}
