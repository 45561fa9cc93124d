import { setTimeout } from 'node:timers/promises';

/** What was waited for did not come. */
export class NotSeen extends Error {}

/**
 * Looks again and again until `look` gives something, and returns that; undefined and false are nothing.
 *
 * @param limitMs - how long at most; 30 s unless given.
 * @param everyMs - the pause between two looks; 50 ms unless given.
 * @throws NotSeen that names `what` did not come within `limitMs`.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = 30_000,
  everyMs = 50,
): Promise<T> {
  for (const end = Date.now() + limitMs; ; ) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > end) throw new NotSeen(`Not seen within ${limitMs / 1000} s: ${what}.`);
    await setTimeout(everyMs);
  }
}
