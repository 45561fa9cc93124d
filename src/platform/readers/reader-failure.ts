import { type Failure, webFailure } from '../failure.ts';

/** A header by which no cache on the way keeps an answer, because the answer is for one reader. */
export const NOT_CACHEABLE = { 'cache-control': 'private, no-store' } as const;

/**
 * The failure of a web action that people and Qlik apps read, as an HTTP answer. `chains`, `metrics` and `dashboard`
 * fail with it. It adds the headers that HTTP wants beside 401 and 405, and one that forbids caches to keep the answer.
 */
export function readerFailure(failure: Failure): object {
  switch (failure.code) {
    case 'UNAUTHORIZED':
      return webFailure(failure, { ...NOT_CACHEABLE, 'www-authenticate': 'Bearer' });
    case 'METHOD_NOT_ALLOWED':
      return webFailure(failure, { ...NOT_CACHEABLE, allow: 'GET, HEAD' });
    default:
      return webFailure(failure, NOT_CACHEABLE);
  }
}
