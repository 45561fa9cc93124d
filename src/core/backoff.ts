/**
 * The pause before a failed request to Qlik, CouchDB or OpenWhisk is sent again, in milliseconds. It doubles after each
 * try, up to a longest pause. It is jittered, so that callers that failed together do not try again together.
 *
 * @param tries - how many tries there were, from 1.
 * @param bounds - the pause after the first try, and the longest pause, before jitter; both in milliseconds.
 * @param random - from 0 up to 1. It makes the pause half as long to one and a half times as long.
 */
export const backoff = (
  tries: number,
  { firstMs, longestMs }: { readonly firstMs: number; readonly longestMs: number },
  random: number,
): number => Math.min(longestMs, firstMs * 2 ** (tries - 1)) * (0.5 + random);
