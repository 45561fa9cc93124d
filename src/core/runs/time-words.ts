/*
 * Times in words: how commands, messages and the dashboard print instants and lengths of time, and how lengths of time
 * are written in chain files and options.
 */

import type { DurationMs, EpochMs } from '../units.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `2026-11-22 02:14:05Z`: UTC, to the second. */
export const instantText = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;

/** `02:14:05Z` if it is on the same day (UTC) as `reference`, else with its date. */
export function shortInstantText(at: EpochMs, reference: EpochMs): string {
  const text = instantText(at);
  return text.slice(0, 10) === instantText(reference).slice(0, 10) ? text.slice(11) : text;
}

const STEPS = [
  [DAY_MS, 'd'],
  [HOUR_MS, 'h'],
  [MINUTE_MS, 'min'],
  [SECOND_MS, 's'],
] as const;

/** `4 s`, `2 min 5 s`, `1 h 3 min`, `2 d 4 h`: the two greatest units, rounded down. A negative length is `0 s`. */
export function durationText(duration: number): string {
  const first = STEPS.findIndex(([unitMs]) => duration >= unitMs);
  const [[greaterMs, greater] = [SECOND_MS, 's'], lesser] = first < 0 ? [] : STEPS.slice(first, first + 2);
  const count = Math.floor(Math.max(0, duration) / greaterMs);
  const rest = lesser === undefined ? 0 : Math.floor((duration % greaterMs) / lesser[0]);
  return `${count} ${greater}${rest === 0 ? '' : ` ${rest} ${lesser?.[1]}`}`;
}

const UNITS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** The length of time that `90s`, `30m`, `24h` or `7d` stands for; undefined for anything else. */
export function parseDuration(text: string): DurationMs | undefined {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = UNITS[unit];
  return unitMs === undefined ? undefined : ((Number(count) * unitMs) as DurationMs);
}

/**
 * The least number that is taken for milliseconds. As milliseconds it is in 1973, before anything that Cascade stores.
 * As seconds it is in the year 5138.
 */
const SECONDS_BELOW = 100_000_000_000;

/** Whether an instant is in seconds, although it should be in milliseconds. Programs mix up the two. */
export const areSeconds = (instant: number): boolean => instant < SECONDS_BELOW;
