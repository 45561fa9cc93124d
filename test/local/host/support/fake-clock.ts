/** A clock that only a test moves on. It runs the timers of each instant that it passes, in order. */
export interface FakeClock {
  readonly now: () => number;
  readonly later: (work: () => void, delayMs: number) => () => void;
  /** Moves the clock on by so many milliseconds. */
  pass(durationMs: number): void;
}

/** Makes a clock that stands at `start` (epoch milliseconds). */
export function fakeClock(start: number): FakeClock {
  let now = start;
  const due = new Set<{ readonly at: number; readonly work: () => void }>();
  return {
    now: () => now,
    later: (work, delayMs) => {
      const entry = { at: now + delayMs, work };
      due.add(entry);
      return () => due.delete(entry);
    },
    pass(durationMs) {
      const end = now + durationMs;
      for (;;) {
        const [next] = [...due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        due.delete(next);
        now = Math.max(now, next.at);
        next.work();
      }
      now = end;
    },
  };
}
