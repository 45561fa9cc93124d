const removals = new Set<() => Promise<void>>();

/**
 * Has something removed from a server of somebody's once: when the returned function is called, or else when the
 * program is interrupted.
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
