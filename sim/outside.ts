import { setImmediate as afterPresentWork } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** Dealings with whoever is outside the tenant, that a clock waits for when it is moved. */
export class Outside {
  readonly #wall: Clock;
  readonly #isOrdered: boolean;
  readonly #patienceMs: () => number;
  readonly #underWay = new Set<Promise<void>>();
  #last: Promise<void> = Promise.resolve();

  /**
   * @param wall - the machine's time: others live in it.
   * @param isOrdered - one after the other, so that what comes of them has an order that can be repeated.
   * @param patienceMs - how long anybody is waited for; the dealing itself goes on.
   */
  constructor(wall: Clock, isOrdered: boolean, patienceMs: () => number) {
    this.#wall = wall;
    this.#isOrdered = isOrdered;
    this.#patienceMs = patienceMs;
  }

  /** Does `work`, at once or when its turn comes, and resolves with what came of it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#isOrdered ? this.#last : undefined;
    const result = before === undefined ? work() : before.then(work);
    this.#last = this.#overOrGivenUp(result, before);
    this.#add(this.#last);
    return result;
  }

  /** Waits once more for something that had been given up on, because time went on for it too. */
  waitFor(result: Promise<unknown>): void {
    this.#add(this.#overOrGivenUp(result, undefined));
  }

  /** Resolves when nothing is under way that is worth waiting for. */
  async quiet(): Promise<void> {
    while (this.#underWay.size > 0) {
      await Promise.all(this.#underWay);
      await afterPresentWork(); // what came of it is being written down
    }
  }

  #add(over: Promise<void>): void {
    this.#underWay.add(over);
    void over.then(() => this.#underWay.delete(over));
  }

  async #overOrGivenUp(result: Promise<unknown>, before: Promise<void> | undefined): Promise<void> {
    await before;
    await new Promise<void>((resolve) => {
      const cancel = this.#wall.after(this.#patienceMs(), resolve);
      const end = () => {
        cancel();
        resolve();
      };
      result.then(end, end);
    });
  }
}
