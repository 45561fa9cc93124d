import type { EpochMs } from '../../src/core/units.ts';

const MINUTE_MS = 60_000;

/**
 * Counts how many actions this container has invoked in the present minute. (A container is the process in which
 * OpenWhisk runs one activation of the invoker after another.) OpenWhisk limits the invocations of each minute of the
 * clock. It counts those that it refuses, too, so the invoker had better not send too many.
 */
export interface MinuteBudget {
  /** Counts one invocation. */
  spend(): void;
  /**
   * How many of `perMinute` invocations are left, without the reserve (`RESERVE`). If the namespace's limit is not
   * larger than the reserve, one a minute may be started all the same.
   */
  left(perMinute: number): number;
}

/** The reserve: invocations that the fan-out does not use. One is for handing the rest on, one for the next webhook. */
export const RESERVE = 2;

/** Makes a budget. It begins anew with each minute of the clock, as OpenWhisk's limit does (fact ow-limits-07). */
export function minuteBudget(now: () => EpochMs): MinuteBudget {
  let minute = 0;
  let calls = 0;
  const spent = (): number => {
    const present = Math.floor(now() / MINUTE_MS);
    if (present !== minute) {
      minute = present;
      calls = 0;
    }
    return calls;
  };
  return {
    spend: () => {
      calls = spent() + 1;
    },
    left: (perMinute) => Math.max(0, Math.max(1, perMinute - RESERVE) - spent()),
  };
}

/** How long until the next wall-clock minute begins. */
export const untilNextMinuteMs = (now: EpochMs): number => MINUTE_MS - (now % MINUTE_MS);
