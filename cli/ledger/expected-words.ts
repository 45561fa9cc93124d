/*
 * A chain file can say under `expected` by when an app must have been reloaded. `cascade why` says by when that is
 * next.
 */

import { deadlineWords, isMetBy } from '../../src/core/desk/deadline-words.ts';
import type { Expectation } from '../../src/core/desk/expected.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
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
  return {
    json: {
      by: isoText(deadline),
      lateAfter: isoText((deadline + (expected.grace ?? 0)) as EpochMs),
      ...(after !== undefined && { countsAfter: isoText(after) }),
      isMet: isMetBy(last, next),
    },
    lines: [deadlineWords(label, expected, next, last)],
  };
}

const isoText = (at: EpochMs): string => new Date(at).toISOString();
