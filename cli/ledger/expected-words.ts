/*
 * A chain file can say under `expected` by when an app must have been reloaded. `cascade why` says by when that is
 * next, so that people see whether their words were understood as they meant them.
 */

import type { Expectation } from '../../src/core/desk/expected.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { durationText, instantText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { nextDeadline } from '../../src/ledger/deadlines.ts';

/** What is said about the next deadline of an app. */
export interface ExpectedWords {
  readonly json: object;
  readonly lines: readonly string[];
}

/**
 * Says by when an app is expected next, and whether its last reload counts for that. It has no lines if the app is not
 * expected, or if no deadline comes any more.
 *
 * @param label - the app's name.
 * @param last - the app's last end, if Cascade knows of one.
 */
export function expectedWords(
  label: string,
  expected: Expectation | undefined,
  last: ReloadFinished | undefined,
  now: EpochMs,
): ExpectedWords | undefined {
  const next = expected && nextDeadline(expected, now);
  if (expected === undefined || next === undefined) return undefined;
  const { deadline, after } = next;
  const { zone, grace } = expected;
  const late = grace === undefined ? '' : `, and late ${durationText(grace)} after that`;
  const counts = after === undefined ? 'Any success counts for it' : `A success after ${instantText(after)} counts`;
  const isMet = last?.outcome === 'succeeded' && last.endedAt > (after ?? 0);
  const isMetText = isMet ? ': the last reload does' : '';
  return {
    json: {
      by: isoText(deadline),
      lateAfter: isoText((deadline + (grace ?? 0)) as EpochMs),
      ...(after !== undefined && { countsAfter: isoText(after) }),
      isMet,
    },
    lines: [
      `${label} is expected by ${instantText(deadline)} (${localText(deadline, zone)} in ${zone})${late}. ${counts}${isMetText}.`,
    ],
  };
}

const isoText = (at: EpochMs): string => new Date(at).toISOString();

/** The time of day in a time zone: `07:00`. */
const localText = (at: EpochMs, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
