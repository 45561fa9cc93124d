/**
 * The most tries of `retryOnConflict`. Cascade's own activations hardly conflict that often in a row, so somebody else
 * must write all the time.
 */
export const MOST_CONFLICTS = 20;

/**
 * Repeats a change of documents until a try meets no conflict. Several activations (runs of actions) may write the same
 * document at once. CouchDB then takes one write, and answers the others with a conflict. Whoever gets a conflict must
 * read the document again and decide anew.
 *
 * @param attempt - reads, decides and writes; it returns undefined after a conflict.
 * @returns what `attempt` returned; undefined if each of `MOST_CONFLICTS` tries met a conflict.
 */
export async function retryOnConflict<T>(attempt: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let tries = 0; tries < MOST_CONFLICTS; tries += 1) {
    const done = await attempt();
    if (done !== undefined) return done;
  }
  return undefined;
}
