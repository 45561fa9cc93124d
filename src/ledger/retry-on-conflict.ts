/** The most tries. Our own activations hardly ever conflict that often in a row, so somebody else writes all the time. */
const MOST_TRIES = 20;

/**
 * Tries to change a document until a try meets no conflict. Other activations may write the document at the same time.
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
