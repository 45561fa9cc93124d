/** Calls are counted over five minutes, which allows bursts (q-rate-01). */
const WINDOW_MS = 300_000;

/** Counts calls in a sliding window, separately for each key (a user and a kind of call). Refused calls do not count. */
export class RateLimit {
  readonly #calls = new Map<string, number[]>();

  /** Counts a call at `now` (epoch ms); returns the whole seconds to wait if there were `limit` calls already, else 0. */
  take(key: string, now: number, limit: number): number {
    const recent = this.#calls.get(key) ?? [];
    this.#calls.set(key, recent);
    while ((recent[0] ?? now) <= now - WINDOW_MS) recent.shift();
    const blocking = recent[recent.length - limit];
    if (blocking !== undefined) return Math.ceil((blocking + WINDOW_MS - now) / 1000);
    recent.push(now);
    return 0;
  }
}
