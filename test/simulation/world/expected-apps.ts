import type { Expectation } from '../../../src/core/desk/expected.ts';
import type { AppRef } from '../../../src/core/names.ts';
import type { Random } from './random.ts';

/**
 * An app that is expected, and its deadlines in this world. They are worked out by hand, from the hours of the world's
 * day.
 */
export interface ExpectedApp {
  readonly app: AppRef;
  readonly expected: Expectation;
  /** The deadlines in order, in epoch ms. */
  readonly deadlines: readonly number[];
  readonly graceMs: number;
}

const HOUR_MS = 3_600_000;
const EXPECTED = 0.4;
const GRACES_MS = [0, 0, 600_000, 2_700_000];

/** Hours of 1 November 2026 in UTC. */
const HOURS_IN_UTC: Readonly<Record<string, number>> = {
  1: 1,
  3: 3,
  4: 4,
  6: 6,
  8: 8,
  9: 9,
  11: 11,
  14: 14,
  17: 17,
  20: 20,
  22: 22,
};
/** Hours of that day in New York, and what they are in UTC: at 06:00 UTC its clocks go back from 2 to 1. */
const HOURS_IN_NEW_YORK: Readonly<Record<string, number>> = {
  0: 4,
  1: 5,
  2: 7,
  3: 8,
  4: 9,
  6: 11,
  9: 14,
  12: 17,
  15: 20,
  17: 22,
};

/**
 * Draws when about two fifths of the apps are expected. No deadline is after the world's day, as the world then comes
 * to rest.
 *
 * @param day - the first instant of 1 November 2026, UTC.
 */
export function drawExpected(
  apps: readonly AppRef[],
  random: Random,
  day: number,
  until: number,
): readonly ExpectedApp[] {
  return apps.flatMap((app): readonly ExpectedApp[] => {
    const [isExpected, isFar, minute, graceMs] = [
      random.chance(EXPECTED),
      random.chance(0.5),
      random.between(0, 59),
      random.pick(GRACES_MS),
    ];
    const hours = isFar ? HOURS_IN_NEW_YORK : HOURS_IN_UTC;
    const instantOf = (hour: string): number => day + Number(hours[hour]) * HOUR_MS + minute * 60_000;
    const wanted = Object.keys(hours).filter(
      (hour) => random.chance(0.7) && instantOf(hour) + graceMs < until - 60_000,
    );
    if (!isExpected || wanted.length === 0) return [];
    const cron = `${minute} ${wanted.join(',')} 1 11 *`;
    const grace = graceMs > 0 && { grace: graceMs as NonNullable<Expectation['grace']> };
    const said: Expectation = { cron, zone: isFar ? 'America/New_York' : 'UTC', ...grace };
    return [{ app, expected: said, deadlines: wanted.map(instantOf), graceMs }];
  });
}
