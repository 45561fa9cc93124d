/** Time as the tenant sees it. One interface, so that a clock of its own can take the place of the machine's. */
export interface Clock {
  /** Now, in milliseconds since the Unix epoch. */
  now(): number;
  /** Now with a fraction of a millisecond where the machine offers one; for measurements only. */
  preciseNow(): number;
  /** Calls `work` once after `ms` milliseconds (0 = as soon as the present work is done), unless it is cancelled or the clock closes first. */
  after(ms: number, work: () => void): Cancel;
  /** Drops everything that waits; nothing is called any more. */
  close(): void;
}
export type Cancel = () => void;

/** The machine's timers, with `now` in milliseconds since the epoch, or the machine's time. */
export function startClock(now?: () => number): Clock {
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;
  return {
    now: now ?? Date.now,
    preciseNow: now ?? (() => performance.timeOrigin + performance.now()),
    after(ms, work) {
      if (closed) return () => undefined;
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, ms);
      timers.add(timer);
      return () => {
        timers.delete(timer);
        clearTimeout(timer);
      };
    },
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Resolves after `ms` milliseconds of `clock`; never, if the clock closes first. */
export function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}
