/**
 * The pause before the next try, in milliseconds. It doubles after each try. The jitter keeps callers that failed together
 * from trying again together.
 *
 * @param tries - the tries so far, from 1.
 * @param bounds - the pause after the first try, and the longest one, before jitter; both in milliseconds.
 * @param random - from 0 up to 1: the pause is half as long to one and a half times as long.
 */
export const backoff = (
  tries: number,
  { firstMs, longestMs }: { readonly firstMs: number; readonly longestMs: number },
  random: number,
): number => Math.min(longestMs, firstMs * 2 ** (tries - 1)) * (0.5 + random);
