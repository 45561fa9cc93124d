/*
 * A chain file can say under `expected` by when an app must have been reloaded. `cascade why` says by when that is
 * next. If the app has missed a deadline, it is late: the command says that, too, and why.
 */

import { deadlineText, deadlineWords, isMetBy } from '../../src/core/desk/deadline-words.ts';
import type { Expectation } from '../../src/core/desk/expected.ts';
import type { LateCause } from '../../src/core/desk/late-cause.ts';
import type { Late } from '../../src/core/desk/notice.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { nextDeadline } from '../../src/ledger/deadlines.ts';

/** What is said about a deadline of an app. */
export interface ExpectedWords {
  readonly json: object;
  readonly line: string;
}

/**
 * Says that an app is late, by when it was expected, and why it has not been reloaded.
 *
 * @param expected - as the chain files have it now. It may have been removed since.
 */
export function lateWords(
  label: string,
  { deadline }: Late,
  expected: Expectation | undefined,
  { text, ticket }: LateCause,
): ExpectedWords {
  const cause = `${text}${ticket === undefined ? '' : ` (${ticket})`}.`;
  return {
    json: { deadline: isoText(deadline), cause, ticket },
    line: `${label} is late: it was expected by ${deadlineText(deadline, expected?.zone)}. ${cause}`,
  };
}

/**
 * Says by when an app is expected next, and whether its last reload counts for that. Undefined if the app is not
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
  return {
    json: {
      by: isoText(deadline),
      lateAfter: isoText((deadline + (expected.grace ?? 0)) as EpochMs),
      ...(after !== undefined && { countsAfter: isoText(after) }),
      isMet: isMetBy(last, next),
    },
    line: deadlineWords(label, expected, next, last),
  };
}

const isoText = (at: EpochMs): string => new Date(at).toISOString();
