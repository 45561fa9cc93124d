import { HostError } from './answer.ts';
import type { HostLimits } from './limits.ts';

/** Counts a namespace's calls and fires in each wall-clock minute, and its activations at work. */
export class Throttle {
  readonly limits: HostLimits;
  readonly #countCall: () => void;
  /** Counts a fire, whether or not the trigger has rules. @throws HostError 429 if the minute's fires are used up. */
  readonly admitFire: () => void;
  #running = 0;

  constructor(limits: HostLimits, now: () => number) {
    this.limits = limits;
    this.#countCall = minuteCounter(limits.invocationsPerMinute, now);
    this.admitFire = minuteCounter(limits.firesPerMinute, now);
  }

  /**
   * Counts a call, also one that is refused.
   *
   * @throws HostError 429 if the minute's calls or the concurrent places are used up.
   */
  admitCall(): void {
    this.#countCall();
    const { concurrentInvocations } = this.limits;
    if (this.#running >= concurrentInvocations) {
      throw tooMany('concurrent requests in flight', this.#running, concurrentInvocations);
    }
  }

  /** Takes a concurrent place for an activation of an action; the returned function gives it back. */
  enter(): () => void {
    this.#running += 1;
    return () => {
      this.#running -= 1;
    };
  }
}

/** Counts its calls, from 0 in each wall-clock minute. */
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
