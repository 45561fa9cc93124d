/** Polls until `isTrue` returns true, for at most 10 s. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !isTrue(); ) {
    if (Date.now() > end) throw new Error('It did not come true within 10 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
