/** Runs pieces of work one after another. */
export type OneAtATime = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes a runner whose works never overlap: two channels that change one document would only hinder each other. */
export function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
