import { type Failure, webFailure } from '../failure.ts';

/** The answer is for one reader: no cache on the way may keep it. */
export const NOT_CACHEABLE = { 'cache-control': 'private, no-store' } as const;

/** A failure of a web action that people and Qlik apps read. */
export function readFailure(failure: Failure): object {
  switch (failure.code) {
    case 'UNAUTHORIZED':
      return webFailure(failure, { ...NOT_CACHEABLE, 'www-authenticate': 'Bearer' });
    case 'METHOD_NOT_ALLOWED':
      return webFailure(failure, { ...NOT_CACHEABLE, allow: 'GET, HEAD' });
    default:
      return webFailure(failure, NOT_CACHEABLE);
  }
}
