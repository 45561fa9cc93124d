/** What waits for its turn. */
export interface Queued {
  readonly id: string;
  readonly weight: number;
}

/** Reloads that wait: the greater weight first, of equal ones the older (q-states-03). */
export class Queue {
  /** By weight, the oldest first: so that adding to thousands costs no more than to one. */
  readonly #waiting = new Map<number, Queued[]>();

  /** Adds one that is younger than all that wait. */
  add(item: Queued): void {
    const equals = this.#waiting.get(item.weight) ?? [];
    this.#waiting.set(item.weight, equals);
    equals.push(item);
  }

  /** Takes out the one whose turn it is. */
  take(): Queued | undefined {
    const weights = [...this.#waiting].filter(([, equals]) => equals.length > 0).map(([weight]) => weight);
    return this.#waiting.get(Math.max(...weights))?.shift();
  }
}
