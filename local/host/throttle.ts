import { WireError } from './errors.ts';
import type { HostLimits } from './limits.ts';

/** Counts what a namespace does in a wall-clock minute and at once, and refuses with OpenWhisk's 429. */
export class Throttle {
  readonly limits: HostLimits;
  readonly #now: () => number;
  #minute = -1;
  #calls = 0;
  #running = 0;

  constructor(limits: HostLimits, now: () => number) {
    this.limits = limits;
    this.#now = now;
  }

  /** Takes one call of this minute's budget; refused calls count on, and one refused for concurrency has cost its call. */
  admitCall(): void {
    const minute = Math.floor(this.#now() / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#calls = 0;
    }
    this.#calls += 1;
    const { invocationsPerMinute, concurrentInvocations } = this.limits;
    if (this.#calls > invocationsPerMinute) {
      throw tooMany('requests in the last minute', this.#calls, invocationsPerMinute);
    }
    if (this.#running >= concurrentInvocations) {
      throw tooMany('concurrent requests in flight', this.#running, concurrentInvocations);
    }
  }

  /** An activation, or a step of a sequence, holds one of the concurrent places until the returned function is called. */
  enter(): () => void {
    this.#running += 1;
    return () => {
      this.#running -= 1;
    };
  }
}

const tooMany = (what: string, count: number, allowed: number): WireError =>
  new WireError(429, `Too many ${what} (count: ${count}, allowed: ${allowed}).`);
