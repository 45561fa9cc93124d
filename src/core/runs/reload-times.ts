import type { ReloadFinished } from '../reload-finished.ts';
import type { DurationMs } from '../units.ts';
import { durationText } from './time-words.ts';

/**
 * How long a reload waited in Qlik's queue, and how long it ran. Each is absent if Qlik did not say it. Commands and
 * the dashboard show these times.
 */
export interface ReloadTimes {
  readonly queued?: DurationMs;
  readonly ran?: DurationMs;
}

/** The times of one reload. */
export function reloadTimes({
  createdAt,
  startedAt,
  endedAt,
}: Pick<ReloadFinished, 'createdAt' | 'startedAt' | 'endedAt'>): ReloadTimes {
  if (startedAt === undefined) return {};
  const ran = Math.max(0, endedAt - startedAt) as DurationMs;
  return { ...(createdAt !== undefined && { queued: Math.max(0, startedAt - createdAt) as DurationMs }), ran };
}

/** The times of several reloads together, as far as they are known. */
export function sumOfTimes(all: readonly ReloadTimes[]): ReloadTimes {
  const queued = all.flatMap((times) => times.queued ?? []);
  const ran = all.flatMap((times) => times.ran ?? []);
  return {
    ...(queued.length > 0 && { queued: sum(queued) }),
    ...(ran.length > 0 && { ran: sum(ran) }),
  };
}

const sum = (durations: readonly DurationMs[]): DurationMs =>
  durations.reduce((total, each) => total + each, 0) as DurationMs;

/** The times in words, such as `queued 3 s, ran 58 s`. The text is empty if nothing is known. */
export const reloadTimesText = ({ queued, ran }: ReloadTimes): string =>
  [
    ...(queued === undefined ? [] : [`queued ${timeText(queued)}`]),
    ...(ran === undefined ? [] : [`ran ${timeText(ran)}`]),
  ].join(', ');

/** A short reload did run, so its time is not `0 s`. */
const timeText = (time: DurationMs): string => (time > 0 && time < 1_000 ? '< 1 s' : durationText(time));
