/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Qlik limits how
 * often a user may call its API, and Cascade has to keep to that. This file imitates the limit.
 */

/**
 * Calls are counted over five minutes. A burst of calls is allowed, as long as the sum is not above the limit (fact
 * q-rate-01).
 */
const WINDOW_MS = 300_000;

/** Counts the calls of the last five minutes, for each key (a user and a kind of call). Refused calls do not count. */
export class RateLimit {
  readonly #calls = new Map<string, number[]>();

  /**
   * Counts a call at `now` (epoch ms), and returns 0. If there were already `limit` calls, it returns the seconds to
   * wait.
   */
  take(key: string, now: number, limit: number): number {
    const recent = this.#calls.get(key) ?? [];
    this.#calls.set(key, recent);
    while ((recent[0] ?? now) <= now - WINDOW_MS) recent.shift();
    // If there are `limit` calls already, the oldest of the last `limit` calls has to leave the window first.
    const blocking = recent[recent.length - limit];
    if (blocking !== undefined) return Math.ceil((blocking + WINDOW_MS - now) / 1000);
    recent.push(now);
    return 0;
  }
}
