/*
 * A chain file can say under `expected` by when an app must have been reloaded. This is the compiled form. The sweep
 * (it runs every 5 minutes) works out the deadlines from it, and makes a notice for people if an app has missed
 * one.
 */

import { canonicalJson } from '../canonical-json.ts';
import type { DurationMs } from '../units.ts';

/** When an app must have been reloaded: its deadlines are the instants of a cron expression in a time zone. */
export interface Expectation {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** The zone's name in the IANA database, such as `Europe/Stockholm`. */
  readonly zone: string;
  /**
   * How long after a deadline the app still comes in time, at most a day. Absent: it has to succeed by the deadline.
   */
  readonly grace?: DurationMs;
}

/**
 * An expectation as a text: equal expectations have equal texts. An app's document says since when this text counts. So
 * the sweep sees that a deployment has changed the deadlines.
 */
export const expectedText = (expected: Expectation): string => canonicalJson(expected);

/**
 * How the library croner reads the cron expressions of chain files. `paused`: it only computes, and starts no timer.
 * `no-wildcard` is about days on which the clocks change. An instant in an hour that the clocks skip comes right after
 * that hour. An instant in an hour that the clocks repeat comes once; only with `*` or a step it comes twice.
 */
export const CRON_OPTIONS = { mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true } as const;
