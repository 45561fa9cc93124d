/** Timers that pass only if the test says so. */
export interface HeldTimers {
  /** The durations of the waiting timers in milliseconds, in the order in which they were set. */
  readonly waiting: readonly number[];
  /** Ends the timer that was set first. @returns its duration in milliseconds; undefined if none waits. */
  pass(): number | undefined;
  /** Puts the real timers back. */
  release(): void;
}

/**
 * Replaces `setTimeout` and `clearTimeout` for timers of at least half a second. Shorter ones run as always: libraries
 * need them.
 */
export function holdTimers(): HeldTimers {
  const { setTimeout, clearTimeout } = globalThis;
  const held = new Map<object, { readonly act: () => void; readonly ms: number }>();
  const hold = (act: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): unknown => {
    if (ms < 500) return setTimeout(() => act(...given), ms);
    const timer = {};
    held.set(timer, { act: () => act(...given), ms });
    return timer;
  };
  const drop = (timer: unknown): void => {
    if (!held.delete(timer as object)) clearTimeout(timer as NodeJS.Timeout);
  };
  Object.assign(globalThis, { setTimeout: hold, clearTimeout: drop });
  return {
    get waiting() {
      return [...held.values()].map(({ ms }) => ms);
    },
    pass() {
      const [first] = held;
      if (first === undefined) return undefined;
      const [timer, { act, ms }] = first;
      held.delete(timer);
      act();
      return ms;
    },
    release: () => void Object.assign(globalThis, { setTimeout, clearTimeout }),
  };
}
