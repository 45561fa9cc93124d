/**
 * Ends the parts of `npm start`, such as its store and its OpenWhisk host. The part that was started last ends first,
 * because a part uses those that were started before it. If a part fails to end, the others are ended all the same.
 *
 * @param ends - the functions that end the parts, in the order in which the parts were started.
 * @param say - gets a sentence about each part that failed to end.
 */
export async function endAll(
  ends: readonly (() => Promise<unknown>)[],
  say: (sentence: string) => void,
): Promise<void> {
  for (const end of ends.toReversed()) {
    await end().catch((error: unknown) => {
      say(`A part of npm start did not end in order: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}
