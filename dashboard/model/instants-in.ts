import type { EpochMs } from '../../src/core/units.ts';

/** Matches `02:14:05Z` and `2026-11-22 02:14:05Z`: see `instantText` and `shortInstantText` in src/core. */
const INSTANT = /((?:\d{4}-\d{2}-\d{2} )?\b\d{2}:\d{2}:\d{2}Z)/;

/**
 * Splits a sentence at the instants in it. Sentences that the command line and the page share (`src/core`) have
 * instants in UTC, and the page shows them in the device's time zone. An instant without a date is of today, in UTC.
 *
 * @returns texts and instants, in the order of the sentence.
 */
export function instantsIn(sentence: string, now: EpochMs): readonly (string | EpochMs)[] {
  const today = new Date(now).toISOString().slice(0, 10);
  return sentence.split(INSTANT).flatMap((part, index): readonly (string | EpochMs)[] => {
    // Every second part is an instant, since the expression has one group.
    if (index % 2 === 0) return part === '' ? [] : [part];
    // An instant of 9 characters has no date.
    const at = Date.parse((part.length === 9 ? `${today} ${part}` : part).replace(' ', 'T'));
    return [Number.isNaN(at) ? part : (at as EpochMs)];
  });
}
