/*
 * A chain file may say when an app must have reloaded (`expected`): at the instants of a cron expression in a time zone, with
 * a grace after each. This file works out the last of these deadlines, also if the zone's clocks change.
 */

import { Cron } from 'croner';
import { CRON_OPTIONS, type Expectation } from '../core/desk/expected.ts';
import type { Deadline } from '../core/desk/judge-late.ts';
import { addMs, type DurationMs, type EpochMs } from '../core/units.ts';

const NO_GRACE = 0 as DurationMs;

/**
 * The last deadline whose grace is over, and when the grace of the deadline before it was over (`after`). Undefined if there
 * was no deadline yet. At the last instant of a grace, the grace is over.
 */
export function lastDeadline({ cron, zone, grace = NO_GRACE }: Expectation, now: EpochMs): Deadline | undefined {
  const runs = new Cron(cron, { ...CRON_OPTIONS, timezone: zone });
  // `previousRuns` leaves out a run at exactly the given instant, so 1 ms is added. One call for two runs takes twice as long
  // as these two calls.
  const [last] = runs.previousRuns(1, new Date(now - grace + 1));
  if (last === undefined) return undefined;
  const [before] = runs.previousRuns(1, last);
  const deadline = last.getTime() as EpochMs;
  return { deadline, ...(before !== undefined && { after: addMs(before.getTime() as EpochMs, grace) }) };
}
