/*
 * The simulated Stack Exchange imitates the API of Stack Exchange 2.3, so that `npm start` and the tests do not call
 * the real one. This file decides whether a call is allowed: by the daily quota, by the pause that the API asked for
 * (`backoff`), and by the limit of 30 requests a second.
 */

import { ApiError } from './api-errors.ts';

const DAY_MS = 86_400_000;
/** More requests in a second than this are dropped (fact se-throttle-03). */
const MOST_PER_SECOND = 30;

/** The quotas of a day: without a key, and with one (fact se-quota-01). */
export const QUOTAS = { withoutKey: 300, withKey: 10_000 } as const;

interface Quota {
  readonly max: number;
  remaining: number;
  /** When the day of this quota began: with its first request (fact se-quota-02). */
  readonly since: number;
}

/**
 * Counts calls, and refuses those above a limit. The real API counts for each caller. Here all calls come from one
 * address. Times are in milliseconds.
 */
export class Throttles {
  readonly #quotas = new Map<string, Quota>();
  readonly #backoffs = new Map<string, number>();
  #recent: number[] = [];
  #quotaMax: number | undefined;

  /** Sets the quota of all keys, and begins their days anew. */
  setQuota(max: number): void {
    this.#quotaMax = max;
    this.#quotas.clear();
  }

  /** Counts a call at this instant. Returns whether it is one too many within a second. */
  isDropped(now: number): boolean {
    this.#recent = [...this.#recent.filter((at) => at > now - 1_000), now];
    return this.#recent.length > MOST_PER_SECOND;
  }

  /**
   * Counts a call against its quota.
   *
   * @throws ApiError throttle_violation if the method's backoff is not over, or the quota is spent.
   */
  take(method: string, key: string | undefined, now: number): Readonly<Pick<Quota, 'max' | 'remaining'>> {
    if (now < (this.#backoffs.get(method) ?? 0)) throw new ApiError(502, 'Violation of backoff parameter');
    const quota = this.#quotaOf(key, now);
    if (quota.remaining === 0) {
      const seconds = Math.ceil((quota.since + DAY_MS - now) / 1_000);
      throw new ApiError(502, `too many requests from this IP, more requests available in ${seconds} seconds`);
    }
    quota.remaining -= 1;
    return quota;
  }

  /** From now on, calls of the method have to wait for `seconds`. */
  backOff(method: string, seconds: number, now: number): void {
    this.#backoffs.set(method, now + seconds * 1_000);
  }

  #quotaOf(key: string | undefined, now: number): Quota {
    const known = this.#quotas.get(key ?? '');
    if (known !== undefined && now < known.since + DAY_MS) return known;
    const max = this.#quotaMax ?? (key === undefined ? QUOTAS.withoutKey : QUOTAS.withKey);
    const quota = { max, remaining: max, since: now };
    this.#quotas.set(key ?? '', quota);
    return quota;
  }
}
