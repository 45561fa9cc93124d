/*
 * Commands that show the past, such as `cascade runs`, have the option `--since`. This file reads its value: from when
 * on a person wants to see what happened.
 */

import { CascadeError } from '../cascade-error.ts';
import { addMs, type DurationMs, type EpochMs } from '../units.ts';
import { durationText, instantText, parseDuration } from './time-words.ts';

/** The beginning of a time span: a length of time before now, or an instant. */
export type Since = DurationMs | { readonly at: EpochMs };

/** `2026-11-27`, `2026-11-27T22:00`, `2026-11-27 22:00:30+01:00`. */
const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?)?(Z|[+-]\d\d:\d\d)?$/i;

/**
 * Parses `90s`, `30m`, `24h`, `7d`, or a date by ISO 8601: `2026-11-27` or `2026-11-27T22:00`. A date may also have
 * seconds, a space in place of the T, and a zone (`Z`, `+01:00`). Without a zone it is UTC, like all times that the
 * commands print.
 *
 * @returns undefined for any other text, and for a day or a time that does not exist.
 */
export function parseSince(text: string): Since | undefined {
  const duration = parseDuration(text);
  if (duration !== undefined) return duration;
  const [, date, time = '00:00', seconds = ':00', zone = 'Z'] = DATE.exec(text) ?? [];
  if (date === undefined || !isDay(date)) return undefined;
  const at = Date.parse(`${date}T${time}${seconds}${zone.toUpperCase()}`);
  return Number.isNaN(at) ? undefined : { at: at as EpochMs };
}

/** Whether the day exists: JavaScript reads 30 February as 2 March. */
const isDay = (date: string): boolean => {
  const at = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
};

/**
 * The instant that `since` means. A length of time leads back to 1970 at most.
 *
 * @throws CascadeError PARAMETERS_INVALID for an instant in the future: the command would find nothing, as if all were
 *   well.
 */
export function sinceWhen(since: Since, now: EpochMs): EpochMs {
  if (typeof since === 'number') return Math.max(0, addMs(now, -since as DurationMs)) as EpochMs;
  if (since.at <= now) return since.at;
  const message = `--since is ${instantText(since.at)}, in the future: by the store's clock it is ${instantText(now)}.`;
  throw new CascadeError('PARAMETERS_INVALID', message);
}

/** `of the last 7 d`, `since 2026-11-27 00:00:00Z`. */
export const sinceText = (since: Since): string =>
  typeof since === 'number' ? `of the last ${durationText(since)}` : `since ${instantText(since.at)}`;
