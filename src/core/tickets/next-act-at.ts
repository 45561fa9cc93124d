/*
 * An act is one thing that a person did to a ticket (it is about an app's failures until its next success), an order or
 * an alert. Acts count in the order of their times. The clock of the person's device may be wrong, so this file chooses
 * the time of a new act.
 */

import type { EpochMs } from '../units.ts';
import type { Act } from './act.ts';

/** The last instant that fits into an act's id, in milliseconds: 9 places in base 36, in the year 5188. */
const LATEST_MS = 36 ** 9 - 1;

/**
 * The time of a new act: now, but later than all acts that its author has seen. So it counts after them, even if the
 * clock of another device is ahead.
 *
 * @param now - by the author's device.
 * @param seen - the acts that are about the same ticket, order or alert.
 */
export const nextActAt = (now: EpochMs, seen: readonly Act[]): EpochMs =>
  Math.min(Math.max(now, ...seen.map(({ at }) => at + 1)), LATEST_MS) as EpochMs;
