import type { EpochMs } from '../units.ts';
import {
  type AppState,
  type ByOutcome,
  type CountedEnd,
  type EndPlace,
  FRESH_APP,
  isNewer,
  withoutRecorded,
} from './app-state.ts';
import { applyEndToApp } from './apply-end-to-app.ts';
import type { EndedStreak, Streak } from './notice.ts';

/** An app as its ends say that it stands, and all of its streaks that they tell of. */
export interface RebuiltApp {
  readonly state: AppState;
  readonly streaks: readonly (Streak | EndedStreak)[];
}

const NOBODY = { failed: [], recovered: [] };

/**
 * Computes how an app stands from its ends. A purge has removed old ones, so what is known stays: no count is lowered, and a
 * streak keeps its beginning. Notices stay as they are, and none is made.
 *
 * @param known - the app as it is stored; undefined if it is not, or is spoilt.
 * @param ends - those that are recorded, in the order in which they were; at least one.
 * @param now - the store's clock.
 */
export function rebuildApp(known: AppState | undefined, ends: readonly CountedEnd[], now: EpochMs): RebuiltApp {
  let told: AppState = FRESH_APP;
  for (const end of ends) told = applyEndToApp(told, end, { routes: NOBODY, now }).state;
  const { failing, over } = told;
  // Nobody records these again, so of their ids only as many are kept as of any others.
  const recorded = new Set(ends.map(({ reloadId }) => reloadId));
  if (known === undefined) {
    return { state: withoutRecorded(told, recorded), streaks: failing === undefined ? over : [...over, failing] };
  }
  const merged = merge(known, told, now);
  return { state: merged, streaks: merged.failing === undefined ? over : [...over, merged.failing] };
}

function merge(known: AppState, told: AppState, now: EpochMs): AppState {
  const decided = newerOf(known.decided, told.decided, now);
  const lastSuccess = newerOf(known.lastSuccess, told.lastSuccess, now);
  const failing = decided === known.decided && decided !== told.decided ? known.failing : failingOf(known, told);
  const { decided: _, lastSuccess: __, failing: ___, ...rest } = known;
  return {
    ...rest,
    ...(told.last !== undefined && isNewer(told.last, known.last, now) && { last: told.last }),
    counts: greaterOf(known.counts, told.counts),
    seconds: greaterOf(known.seconds, told.seconds),
    ...(decided !== undefined && { decided }),
    ...(lastSuccess !== undefined && { lastSuccess }),
    ...(failing !== undefined && { failing }),
  };
}

/** Of two equal ends it is the one that the ends tell of. */
const newerOf = (known: EndPlace | undefined, told: EndPlace | undefined, now: EpochMs): EndPlace | undefined =>
  told === undefined || (known !== undefined && isNewer(known, told, now)) ? known : told;

/** The streak that goes on, by the ends; its beginning may be purged, unless a success lies between. */
function failingOf({ failing: known }: AppState, { failing, lastSuccess }: AppState): Streak | undefined {
  if (failing === undefined || known === undefined || known.since >= failing.since) return failing;
  if (lastSuccess !== undefined && lastSuccess.endedAt > known.since) return failing;
  const lastFailedAt = Math.max(known.lastFailedAt, failing.lastFailedAt) as EpochMs;
  return { ...known, times: Math.max(known.times, failing.times), lastFailedAt };
}

const greaterOf = (known: ByOutcome, told: ByOutcome): ByOutcome => ({
  succeeded: Math.max(known.succeeded, told.succeeded),
  failed: Math.max(known.failed, told.failed),
  canceled: Math.max(known.canceled, told.canceled),
  'exceeded-limit': Math.max(known['exceeded-limit'], told['exceeded-limit']),
});
