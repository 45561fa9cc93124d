import { setImmediate as afterPresentWork } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** Exchanges with servers outside the tenant. A clock that is moved waits for them. */
export class Outside {
  readonly #wall: Clock;
  readonly #isOrdered: boolean;
  readonly #patienceMs: () => number;
  readonly #underWay = new Set<Promise<void>>();
  #last: Promise<void> = Promise.resolve();

  /**
   * @param wall - the machine's time: the other servers live in it.
   * @param isOrdered - whether exchanges run one after the other, so that their results have the same order each time.
   * @param patienceMs - how long the clock waits for an exchange; after that the exchange goes on, and so does time.
   */
  constructor(wall: Clock, isOrdered: boolean, patienceMs: () => number) {
    this.#wall = wall;
    this.#isOrdered = isOrdered;
    this.#patienceMs = patienceMs;
  }

  /** Does `work`, at once or when its turn comes, and resolves with its result. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#isOrdered ? this.#last : undefined;
    const result = before === undefined ? work() : before.then(work);
    this.#last = this.#overOrGivenUp(result, before);
    this.#add(this.#last);
    return result;
  }

  /** Lets the clock wait again for an exchange: it may have given up on it before. */
  waitFor(result: Promise<unknown>): void {
    this.#add(this.#overOrGivenUp(result, undefined));
  }

  /** Resolves when the clock has nothing to wait for. */
  async quiet(): Promise<void> {
    while (this.#underWay.size > 0) {
      await Promise.all(this.#underWay);
      await afterPresentWork(); // the results are being recorded
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
