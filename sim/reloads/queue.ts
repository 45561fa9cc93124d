/** What waits for its turn. */
export interface Queued {
  readonly id: string;
  readonly weight: number;
  readonly seq: number;
}

/** Reloads that wait: the greater weight first, of equal ones the older (q-states-03). */
export class Queue {
  readonly #waiting: Queued[] = [];

  add(item: Queued): void {
    const behind = this.#waiting.findIndex((other) => isBefore(item, other));
    this.#waiting.splice(behind === -1 ? this.#waiting.length : behind, 0, item);
  }

  /** Takes out the one whose turn it is. */
  take(): Queued | undefined {
    return this.#waiting.shift();
  }
}

function isBefore(one: Queued, other: Queued): boolean {
  return one.weight === other.weight ? one.seq < other.seq : one.weight > other.weight;
}
