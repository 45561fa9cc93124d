import { HostError } from './answer.ts';
import type { HostLimits } from './limits.ts';

/** Counts what a namespace does in a wall-clock minute and at once, and refuses with OpenWhisk's 429. */
export class Throttle {
  readonly limits: HostLimits;
  readonly #calls: MinuteCount;
  readonly #fires: MinuteCount;
  #running = 0;

  constructor(limits: HostLimits, now: () => number) {
    this.limits = limits;
    this.#calls = new MinuteCount(now);
    this.#fires = new MinuteCount(now);
  }

  /** Takes one call of this minute's budget; refused calls count on, and one refused for concurrency has cost its call. */
  admitCall(): void {
    const { invocationsPerMinute, concurrentInvocations } = this.limits;
    this.#calls.admit(invocationsPerMinute);
    if (this.#running >= concurrentInvocations) {
      throw tooMany('concurrent requests in flight', this.#running, concurrentInvocations);
    }
  }

  /** Takes one fire of this minute's own budget for fires, whether or not the trigger has rules. */
  admitFire(): void {
    this.#fires.admit(this.limits.firesPerMinute);
  }

  /** An activation, or a step of a sequence, holds one of the concurrent places until the returned function is called. */
  enter(): () => void {
    this.#running += 1;
    return () => {
      this.#running -= 1;
    };
  }
}

/** A count that begins anew with each wall-clock minute. */
class MinuteCount {
  readonly #now: () => number;
  #minute = -1;
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  admit(allowed: number): void {
    const minute = Math.floor(this.#now() / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count > allowed) throw tooMany('requests in the last minute', this.#count, allowed);
  }
}

const tooMany = (what: string, count: number, allowed: number): HostError =>
  new HostError(429, `Too many ${what} (count: ${count}, allowed: ${allowed}).`);
