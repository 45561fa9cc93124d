import { HostError } from './answer.ts';
import type { HostLimits } from './limits.ts';

/** Counts a namespace's calls and fires in each wall-clock minute, and its activations at work. */
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

  /**
   * Counts a call, also one that is refused.
   *
   * @throws HostError 429 if the minute's calls or the concurrent places are used up.
   */
  admitCall(): void {
    const { invocationsPerMinute, concurrentInvocations } = this.limits;
    this.#calls.admit(invocationsPerMinute);
    if (this.#running >= concurrentInvocations) {
      throw tooMany('concurrent requests in flight', this.#running, concurrentInvocations);
    }
  }

  /** Counts a fire, whether or not the trigger has rules. @throws HostError 429 if the minute's fires are used up. */
  admitFire(): void {
    this.#fires.admit(this.limits.firesPerMinute);
  }

  /** Takes a concurrent place for an activation of an action; the returned function gives it back. */
  enter(): () => void {
    this.#running += 1;
    return () => {
      this.#running -= 1;
    };
  }
}

/** A count that starts again at 0 in each wall-clock minute. */
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
