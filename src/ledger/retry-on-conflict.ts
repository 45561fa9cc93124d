/** More writers than this of one document at once are no race of ours. */
const MOST_TRIES = 20;

/**
 * Reads, decides and writes again until a try comes to something: another activation may write the same document between.
 *
 * @param attempt - one try; undefined after a conflict.
 * @returns undefined if each of 20 tries met a conflict.
 */
export async function retryOnConflict<T>(attempt: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const done = await attempt();
    if (done !== undefined) return done;
  }
  return undefined;
}
