/*
 * An act is one thing that a person did to a ticket (a run of failures of an app). Acts count in the order of their times.
 */

import type { EpochMs } from '../units.ts';
import type { Act } from './act.ts';

/** The last instant that an act's id can say: 9 places in base 36. */
const LATEST_MS = 36 ** 9 - 1;

/**
 * When an act happens: now, but after all acts that its author has seen. So it counts after them, even if the clock of
 * another device is ahead.
 *
 * @param now - by the author's device.
 * @param seen - the acts of the same subject.
 */
export const nextActAt = (now: EpochMs, seen: readonly Act[]): EpochMs =>
  Math.min(Math.max(now, ...seen.map(({ at }) => at + 1)), LATEST_MS) as EpochMs;
