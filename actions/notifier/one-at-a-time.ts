/** Runs pieces of work one after another. */
export type OneAtATime = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Makes a runner whose pieces of work do not overlap. The action `notifier` sends messages to several channels at the
 * same time, and changes documents with this runner. If two of these changes overlapped, one could meet a conflict.
 */
export function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
