/**
 * How long to wait before the next try, in milliseconds: twice as long after each, with jitter, so that many who fail at once
 * do not come back at once.
 *
 * @param tries - how many there were, from 1.
 * @param bounds - the pause after the first try, and the longest one, before jitter; both in milliseconds.
 * @param random - from 0 up to 1: the pause is half as long to one and a half times as long.
 */
export const backoff = (
  tries: number,
  { firstMs, longestMs }: { readonly firstMs: number; readonly longestMs: number },
  random: number,
): number => Math.min(longestMs, firstMs * 2 ** (tries - 1)) * (0.5 + random);
