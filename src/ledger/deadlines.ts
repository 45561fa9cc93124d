/*
 * Works out by when an app should have reloaded. A chain file may give deadlines for that (`expected`): the instants of
 * a cron expression in a time zone, such as 6:00 on weekdays. A grace is how much later the reload may end. The sweep
 * (it runs every 5 minutes) compares the last deadline with the app's last success. If the app is late, people hear of
 * it.
 */

import { Cron } from 'croner';
import { CRON_OPTIONS, type Expectation } from '../core/desk/expected.ts';
import type { Deadline } from '../core/desk/judge-late.ts';
import { addMs, type DurationMs, type EpochMs } from '../core/units.ts';

const NO_GRACE = 0 as DurationMs;

/**
 * The last deadline whose grace is over. `after` is when the grace of the deadline before it was over; absent if there
 * is none before it. Undefined if no deadline's grace is over yet. A grace of 5 minutes after 6:00 is over at 6:05
 * exactly.
 */
export function lastDeadline({ cron, zone, grace = NO_GRACE }: Expectation, now: EpochMs): Deadline | undefined {
  const runs = new Cron(cron, { ...CRON_OPTIONS, timezone: zone });
  // `previousRuns` leaves out a run at exactly the given instant, so 1 ms is added. One call for two runs takes twice
  // as long as these two calls.
  const [last] = runs.previousRuns(1, new Date(now - grace + 1));
  if (last === undefined) return undefined;
  const [before] = runs.previousRuns(1, last);
  const deadline = last.getTime() as EpochMs;
  return { deadline, ...(before !== undefined && { after: addMs(before.getTime() as EpochMs, grace) }) };
}

/**
 * The first deadline whose grace is not over yet. `after` is as in `lastDeadline`: a success after it counts for this
 * deadline. Undefined if no deadline comes any more.
 */
export function nextDeadline({ cron, zone, grace = NO_GRACE }: Expectation, now: EpochMs): Deadline | undefined {
  const runs = new Cron(cron, { ...CRON_OPTIONS, timezone: zone });
  const next = runs.nextRun(new Date(now - grace));
  if (next === null) return undefined;
  const [before] = runs.previousRuns(1, next);
  const deadline = next.getTime() as EpochMs;
  return { deadline, ...(before !== undefined && { after: addMs(before.getTime() as EpochMs, grace) }) };
}
