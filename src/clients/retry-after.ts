import { type DurationMs, type EpochMs, instantIn, seconds } from '../core/units.ts';

/** The headers of an HTTP answer. */
export interface AnswerHeaders {
  get(name: string): string | null;
}

/**
 * How long an HTTP answer asks to wait by its `Retry-After`. It has seconds (`120`) or an HTTP date (`Wed, 21 Oct 2026
 * 07:28:00 GMT`). Undefined if it is missing, or neither. 0 if the date is over.
 *
 * @param now - by which a date counts; default the time of the answer, from its `Date`.
 */
export function retryAfterIn(
  headers: AnswerHeaders,
  now: EpochMs | undefined = instantIn(headers.get('date')),
): DurationMs | undefined {
  const text = (headers.get('retry-after') ?? '').trim();
  if (/^\d{1,10}$/.test(text)) return seconds(Number(text));
  // Date.parse takes more for a date, such as "1.5".
  const until = /^(mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? instantIn(text) : undefined;
  return until === undefined || now === undefined ? undefined : (Math.max(0, until - now) as DurationMs);
}
