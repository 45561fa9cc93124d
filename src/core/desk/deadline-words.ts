/*
 * A chain file can say under `expected` by when an app must have been reloaded. `cascade why` and the dashboard say by
 * when that is next, so that people see whether their words were understood as they meant them.
 */

import type { ReloadFinished } from '../reload-finished.ts';
import { durationText, instantText } from '../runs/time-words.ts';
import type { EpochMs } from '../units.ts';
import type { Expectation } from './expected.ts';
import type { Deadline } from './judge-late.ts';

/** Whether the last end of an app is a success that counts for a deadline. */
export const isMetBy = (last: ReloadFinished | undefined, { after = 0 as EpochMs }: Deadline): boolean =>
  last?.outcome === 'succeeded' && last.endedAt > after;

/**
 * Says by when an app is expected, and whether its last reload counts for that.
 *
 * @param label - the app's name.
 * @param last - the app's last end, if Cascade knows of one.
 */
export function deadlineWords(
  label: string,
  { zone, grace }: Expectation,
  next: Deadline,
  last: ReloadFinished | undefined,
): string {
  const { deadline, after } = next;
  const late = grace === undefined ? '' : `, and late ${durationText(grace)} after that`;
  const counts = after === undefined ? 'Any success counts for it' : `A success after ${instantText(after)} counts`;
  const isMet = isMetBy(last, next) ? ': the last reload does' : '';
  return `${label} is expected by ${deadlineText(deadline, zone)}${late}. ${counts}${isMet}.`;
}

/** `2026-11-22 06:00:00Z (07:00 in Europe/Stockholm)`; without a zone only the first part. */
export const deadlineText = (deadline: EpochMs, zone: string | undefined): string =>
  `${instantText(deadline)}${zone === undefined ? '' : ` (${localText(deadline, zone)} in ${zone})`}`;

/** The time of day in a time zone: `07:00`. */
const localText = (at: EpochMs, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
