import { setTimeout } from 'node:timers/promises';

/** The error of `until`: what it waited for did not come. */
export class NotSeen extends Error {}

/**
 * Calls `look` again and again until it returns something, and returns that. Undefined and false count as nothing.
 *
 * @param limitMs - how long to look at most; default: 30 s.
 * @param everyMs - the pause between two looks; default: 50 ms.
 * @throws NotSeen with `what` in its message if nothing came within `limitMs`.
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
