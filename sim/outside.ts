/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Its clock may run
 * faster than real time. Calls to other servers, such as webhooks, take real time. So the clock waits for them, and
 * this file knows for which.
 */

import { setImmediate as afterPresentWork } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/**
 * The exchanges (a request and its answer) with servers outside the tenant. When somebody moves the clock, the clock
 * waits for these exchanges.
 */
export class Outside {
  readonly #wall: Clock;
  readonly #isOrdered: boolean;
  readonly #patienceMs: () => number;
  readonly #underWay = new Set<Promise<void>>();
  #last: Promise<void> = Promise.resolve();

  /**
   * @param wall - the machine's clock. The other servers follow this one.
   * @param isOrdered - whether exchanges run one after another, so that their results come in the same order each time.
   * @param patienceMs - how long the clock waits for an exchange. After that, time passes while the exchange continues.
   */
  constructor(wall: Clock, isOrdered: boolean, patienceMs: () => number) {
    this.#wall = wall;
    this.#isOrdered = isOrdered;
    this.#patienceMs = patienceMs;
  }

  /**
   * Does `work` now; if exchanges are ordered, when those before it are over or took too long. Resolves with its
   * result.
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#isOrdered ? this.#last : undefined;
    const result = before === undefined ? work() : before.then(work);
    this.#last = this.#overOrGivenUp(result, before);
    this.#add(this.#last);
    return result;
  }

  /** Makes the clock wait once more for an exchange for which it may have stopped waiting. */
  waitFor(result: Promise<unknown>): void {
    this.#add(this.#overOrGivenUp(result, undefined));
  }

  /** Resolves when the clock has nothing to wait for. */
  async quiet(): Promise<void> {
    while (this.#underWay.size > 0) {
      await Promise.all(this.#underWay);
      await afterPresentWork(); // until the results are recorded
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
