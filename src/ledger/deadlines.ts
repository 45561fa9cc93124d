/*
 * Works out the deadlines of `expected`: instants of a cron expression in a time zone, also when its clocks change.
 */

import { Cron } from 'croner';
import { CRON_OPTIONS, type Expectation } from '../core/desk/expected.ts';
import type { Deadline } from '../core/desk/judge-late.ts';
import { addMs, type DurationMs, type EpochMs } from '../core/units.ts';

const NO_GRACE = 0 as DurationMs;

/**
 * The last deadline whose grace is over, in a zone whose clocks may change. Undefined if there was none yet.
 *
 * @param now - exactly at the end of the grace, it is over.
 */
export function lastDeadline({ cron, zone, grace = NO_GRACE }: Expectation, now: EpochMs): Deadline | undefined {
  const runs = new Cron(cron, { ...CRON_OPTIONS, timezone: zone });
  // croner leaves out a run that is exactly at the instant it is given. To ask for two at once takes it twice as long.
  const [last] = runs.previousRuns(1, new Date(now - grace + 1));
  if (last === undefined) return undefined;
  const [before] = runs.previousRuns(1, last);
  const deadline = last.getTime() as EpochMs;
  return { deadline, ...(before !== undefined && { after: addMs(before.getTime() as EpochMs, grace) }) };
}
