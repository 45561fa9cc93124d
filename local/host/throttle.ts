/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. OpenWhisk limits how often a namespace may invoke actions and fire triggers (a trigger runs actions). This
 * file does the same, so that Cascade meets those limits in tests, too.
 */

import { HostError } from './answer.ts';
import type { HostLimits } from './limits.ts';

/**
 * Counts how often a namespace invokes actions and fires triggers in each minute of the clock, and how many activations
 * run. It refuses what is above the limits.
 */
export class Throttle {
  readonly limits: HostLimits;
  readonly #countCall: () => void;
  /**
   * Counts the firing of a trigger, also if the trigger has no rules.
   *
   * @throws HostError 429 if the minute's fires are used up.
   */
  readonly admitFire: () => void;
  #running = 0;

  constructor(limits: HostLimits, now: () => number) {
    this.limits = limits;
    this.#countCall = minuteCounter(limits.invocationsPerMinute, now);
    this.admitFire = minuteCounter(limits.firesPerMinute, now);
  }

  /**
   * Counts an invocation, also one that is refused.
   *
   * @throws HostError 429 if the minute's invocations are used up, or if too many activations run.
   */
  admitCall(): void {
    this.#countCall();
    const { concurrentInvocations } = this.limits;
    if (this.#running >= concurrentInvocations) {
      throw tooMany('concurrent requests in flight', this.#running, concurrentInvocations);
    }
  }

  /** Counts an activation (one run of an action) as running. Call the returned function when it has ended. */
  enter(): () => void {
    this.#running += 1;
    return () => {
      this.#running -= 1;
    };
  }
}

/**
 * Makes a function that counts how often it is called in each minute of the clock.
 *
 * @throws HostError 429, by the returned function, if that is too often.
 */
function minuteCounter(allowed: number, now: () => number): () => void {
  let minute = -1;
  let count = 0;
  return () => {
    const current = Math.floor(now() / 60_000);
    count = current === minute ? count + 1 : 1;
    minute = current;
    if (count > allowed) throw tooMany('requests in the last minute', count, allowed);
  };
}

const tooMany = (what: string, count: number, allowed: number): HostError =>
  new HostError(429, `Too many ${what} (count: ${count}, allowed: ${allowed}).`);
