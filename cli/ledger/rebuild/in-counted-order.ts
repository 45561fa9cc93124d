/*
 * `cascade rebuild` computes again how each app stands, from the ends of the app's reloads. What an end changes depends
 * on the ends before it, so the ends have to be in the order in which the action `storer` counted them.
 */

import type { CountedEnd } from '../../../src/core/desk/app-state.ts';
import type { ReloadId } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';

/** An end, and when it was recorded. */
export interface RecordedEnd {
  readonly end: CountedEnd;
  readonly recordedAt: EpochMs;
}

/**
 * Puts the ends of an app into the order in which they were counted: by when they were recorded. That is a moment after
 * they were counted, so two storers that work at once may record ends in the other order. Therefore the ends in `seen`
 * are in its order among themselves.
 *
 * @param seen - the ids of the app's last ends, in the order in which they were counted.
 */
export function inCountedOrder(ends: readonly RecordedEnd[], seen: readonly ReloadId[]): readonly CountedEnd[] {
  const recorded = [...ends].sort(byRecord).map(({ end }) => end);
  const byId = new Map(recorded.map((end) => [end.reloadId, end]));
  const counted = [...new Set(seen)].flatMap((id) => byId.get(id) ?? []);
  const isCounted = new Set(counted);
  const next = counted.values();
  return recorded.map((end) => (isCounted.has(end) ? (next.next().value ?? end) : end));
}

const byRecord = (a: RecordedEnd, b: RecordedEnd): number =>
  a.recordedAt - b.recordedAt || a.end.endedAt - b.end.endedAt || (a.end.reloadId < b.end.reloadId ? -1 : 1);
