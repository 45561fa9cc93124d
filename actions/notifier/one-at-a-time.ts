/** Runs pieces of work one after another. The action `notifier` changes documents with it. */
export type OneAtATime = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Makes a runner whose pieces of work do not overlap. The notifier serves several channels at once. If two of them
 * changed the same document at the same time, one would meet a conflict.
 */
export function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
