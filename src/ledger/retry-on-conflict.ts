/** Our own writers are never so many at once. */
const MOST_TRIES = 20;

/**
 * Tries to change a document that other activations may write at the same time, until a try does not meet a conflict.
 *
 * @param attempt - reads, decides and writes; it returns undefined after a conflict.
 * @returns undefined if each of 20 tries met a conflict.
 */
export async function retryOnConflict<T>(attempt: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const done = await attempt();
    if (done !== undefined) return done;
  }
  return undefined;
}
