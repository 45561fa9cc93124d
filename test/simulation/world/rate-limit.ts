/** The length of the sliding window in which a tenant counts the calls of one user. */
const WINDOW_MS = 5 * 60_000;

/** A tenant's limit for `POST /reloads` (facts q-rate-01 to -03). Times are the world's, ms. */
export class RateLimit {
  readonly #most: number;
  readonly #served: number[] = [];

  /** @param most - how many calls in five sliding minutes are served. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * A call comes in. It counts only if it is served.
   *
   * @returns 0 if it is served, else until when the tenant refuses calls.
   */
  take(now: number): number {
    while ((this.#served[0] ?? now) <= now - WINDOW_MS) this.#served.shift();
    const [oldest = now] = this.#served;
    if (this.#served.length >= this.#most) return oldest + WINDOW_MS;
    this.#served.push(now);
    return 0;
  }
}
