import { setTimeout } from 'node:timers/promises';

/** What was waited for did not come. */
export class NotSeen extends Error {}

/**
 * Polls until `look` gives something that is true, and gives it.
 *
 * @throws NotSeen telling `what` was waited for, after `limitMs` (30 s).
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
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
