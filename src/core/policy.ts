/*
 * A chain file says which app follows which (a link). For a link it can also ask that Cascade starts a failed reload
 * again, and cancels a reload that runs too long. This is the link's policy. Each order (a reload that Cascade owes)
 * keeps the policy of its link.
 */

import { type DurationMs, minutes } from './units.ts';

/** How often a failed reload is started again, and when. */
export interface Retry {
  /** Further attempts after the first one, 1 to 10. */
  readonly attempts: number;
  /** The pause before the second attempt. It begins when Cascade hears of the first attempt's end. */
  readonly delay: DurationMs;
  /** `none`: each delay is the same. Absent: each delay is twice as long as the last one, up to 6 hours. */
  readonly backoff?: 'none';
}

/** What a link asks for if its reload fails, or runs too long. */
export interface Policy {
  readonly retry?: Retry;
  /** Cascade cancels a reload that has not ended this long after its start. The time in Qlik's queue counts. */
  readonly timeout?: DurationMs;
}

/** Delays are doubled up to this length. */
const LONGEST_DELAY: DurationMs = minutes(360);

/**
 * The delay after an attempt, counted from 1. It begins when Cascade hears of the attempt's end. If `delay` itself is
 * over 6 hours, it stays as it is.
 */
export function delayAfter(attempt: number, { delay, backoff }: Retry): DurationMs {
  const doubled = Math.min(LONGEST_DELAY, delay * 2 ** (attempt - 1));
  return (backoff === 'none' ? delay : Math.max(delay, doubled)) as DurationMs;
}

/** A text that is equal for equal policies, by which policies are compared. It is empty without a policy. */
export function policyKey({ retry, timeout }: Policy = {}): string {
  if (retry === undefined && timeout === undefined) return '';
  return JSON.stringify([retry?.attempts ?? 0, retry?.delay ?? 0, retry?.backoff ?? '', timeout ?? 0]);
}
