/*
 * Checks the cron expressions and time zones that chain files have under `expected`: the deadlines by which an app must
 * have been reloaded, such as `0 7 * * *` in Europe/Stockholm. `cascade check` prints the problems, so that people do
 * not wait for a warning that can never come.
 */

import { Cron } from 'croner';
import { CRON_OPTIONS, type Expectation } from '../core/desk/expected.ts';
import { minutes } from '../core/units.ts';

/**
 * The sweep, which looks for late apps, runs every five minutes and judges only the last deadline. If deadlines were
 * close together, it could miss one.
 */
const LEAST_APART = minutes(30);

/** How many deadlines are looked at: two days of them, if they are 30 minutes apart. */
const LOOKED_AT = 100;

/** The deadlines after this instant are looked at. It never changes, so that a file that was right stays right. */
const FROM = new Date('2026-01-01T00:00:00Z');

/** The results by expression and zone, because many apps may have the same. */
const known = new Map<string, string | undefined>();

/** Says what is wrong with a cron expression and its time zone; undefined if nothing is. */
export function scheduleProblem({ cron, zone }: Expectation): string | undefined {
  const key = `${cron} ${zone}`;
  if (!known.has(key)) known.set(key, problemOf(cron, zone));
  return known.get(key);
}

function problemOf(cron: string, zone: string): string | undefined {
  if (!isZone(zone)) return `there is no time zone "${zone}". Names are like Europe/Stockholm.`;
  const runs = runsOf(cron, zone);
  if (typeof runs === 'string') return `"${cron}" is no cron expression: ${runs}`;
  if (runs.length === 0) return `"${cron}" never comes.`;
  const isOften = runs.some((at, index) => index > 0 && at - (runs[index - 1] ?? 0) < LEAST_APART);
  return isOften ? `"${cron}" has deadlines less than 30 minutes apart.` : undefined;
}

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** The next deadlines; croner's sentence if it cannot read the expression. */
function runsOf(cron: string, zone: string): readonly number[] | string {
  try {
    return new Cron(cron, { ...CRON_OPTIONS, timezone: zone }).nextRuns(LOOKED_AT, FROM).map((run) => run.getTime());
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
