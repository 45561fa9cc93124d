const removals = new Set<() => Promise<void>>();

/**
 * Removes something from a given server, once. That happens when the returned function is called, or when the program
 * is interrupted before.
 */
export function removedAtEnd(remove: () => Promise<void>): () => Promise<void> {
  const once = async (): Promise<void> => {
    if (removals.delete(once)) await remove();
  };
  removals.add(once);
  return once;
}

/** Removes all that is still there. @returns why something could not be removed. */
export async function removeAll(): Promise<readonly unknown[]> {
  const results = await Promise.allSettled([...removals].map((remove) => remove()));
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
}
