/*
 * `cascade rebuild` computes again how each app stands, from the ends of reloads in the ledger (Cascade's memory). A
 * person runs it if somebody has spoilt or deleted the documents of apps or tickets. This file does it for one app. The
 * caller has read the ends.
 *
 * A streak is an app's failures until its next success. A ticket is a document about a streak, for people.
 */

import type { EpochMs } from '../units.ts';
import {
  type AppCounts,
  type AppState,
  type ByOutcome,
  type CountedEnd,
  type EndPlace,
  FRESH_APP,
  isNewer,
  ticketOf,
  withoutRecorded,
} from './app-state.ts';
import { applyEndToApp } from './apply-end-to-app.ts';
import { lastErrorIn, notedError } from './last-error.ts';
import type { EndedStreak, Streak } from './notice.ts';

/** An app's new state, and the streaks for which there should be tickets. */
export interface RebuiltApp {
  readonly state: AppState;
  readonly streaks: readonly (Streak | EndedStreak)[];
}

const NOBODY = { failed: [], recovered: [] };

/**
 * Computes the state of an app from its ends. The ledger may have lost old ends by a purge. So what the stored app
 * knows of them is kept: no count becomes smaller, and a streak that goes on keeps its beginning. Notices stay as they
 * are, and no new ones are made.
 *
 * @param known - the app as it is stored. If its document is missing or spoilt: as much of its counts as can be read.
 * @param ends - the ends of the app that the action `storer` has counted, in the order in which it did; at least one.
 * @param now - the clock of the store, CouchDB.
 * @param mayBegin - whether a streak may have begun with this failure. If a purge may have removed ends before it, one
 *   of them may be the beginning, or the success that ended the streak. Then the failure is only counted.
 */
export function rebuildApp(
  known: AppState | AppCounts,
  ends: readonly CountedEnd[],
  now: EpochMs,
  mayBegin: (end: CountedEnd) => boolean,
): RebuiltApp {
  let computed: AppState = FRESH_APP;
  for (const end of ends) {
    const isOnlyCounted = computed.failing === undefined && !mayBegin(end);
    const counted = isOnlyCounted ? { ...end, willRetry: true } : end;
    computed = applyEndToApp(computed, counted, { routes: NOBODY, now }).state;
  }
  // The ends are recorded already. So the app need not remember them as ends that are still to be recorded.
  const recorded = new Set(ends.map(({ reloadId }) => reloadId));
  const [first] = ends;
  const state = isWhole(known)
    ? merge(withOwnTicket(known, first), computed, now)
    : { ...withoutRecorded(computed, recorded), ...greaterCounts(known, computed) };
  const { over } = computed;
  return { state, streaks: state.failing === undefined ? over : [...over, state.failing] };
}

const isWhole = (known: AppState | AppCounts): known is AppState => 'seen' in known;

/**
 * The state with the ticket that its streak has by its first failure: somebody may have overwritten it. Another id
 * would make a second ticket for the same streak.
 */
function withOwnTicket(state: AppState, end: CountedEnd | undefined): AppState {
  const { failing } = state;
  if (failing === undefined || end === undefined) return state;
  return { ...state, failing: { ...failing, ticket: ticketOf(end.tenant, failing.first) } };
}

/** The stored state, corrected by the one that was computed from the ends. */
function merge(known: AppState, computed: AppState, now: EpochMs): AppState {
  const decided = newerOf(known.decided, computed.decided, now);
  const lastSuccess = newerOf(known.lastSuccess, computed.lastSuccess, now);
  // If the stored app knows a newer deciding end than the ledger has, the stored app also knows whether it is failing.
  const isKnownNewer = decided === known.decided;
  const failing = isKnownNewer ? known.failing : failingOf(known, computed);
  const { decided: _, lastSuccess: __, failing: ___, ...rest } = known;
  return {
    ...rest,
    ...(computed.last !== undefined && isNewer(computed.last, known.last, now) && { last: computed.last }),
    ...greaterCounts(known, computed),
    ...(decided !== undefined && { decided }),
    ...(lastSuccess !== undefined && { lastSuccess }),
    ...(failing !== undefined && { failing }),
  };
}

/** The newer of two ends. If they are the same end, this returns `computed`. */
const newerOf = (known: EndPlace | undefined, computed: EndPlace | undefined, now: EpochMs): EndPlace | undefined =>
  computed === undefined || (known !== undefined && isNewer(known, computed, now)) ? known : computed;

/**
 * The streak that goes on. The stored streak may have begun before the one that was computed, because a purge has
 * removed its first failures. Then the stored beginning counts. It does not if a success lies between the two
 * beginnings.
 */
function failingOf({ failing: known }: AppState, { failing, lastSuccess }: AppState): Streak | undefined {
  if (failing === undefined || known === undefined || known.since > failing.since) return failing;
  if (lastSuccess !== undefined && lastSuccess.endedAt > known.since) return failing;
  // If both began at the same time, the ends say with which reload.
  const { first, ticket } = known.since === failing.since ? failing : known;
  const later = known.lastFailedAt > failing.lastFailedAt ? known : failing;
  const { lastFailedAt } = later;
  const { error: _, errorAt: __, ...rest } = known;
  const times = Math.max(known.times, failing.times);
  return { ...rest, first, ticket, times, lastFailedAt, ...notedError(lastErrorIn(later), lastFailedAt, known.since) };
}

/** Of each count, the greater one. */
const greaterCounts = (known: AppCounts, computed: AppCounts): AppCounts => ({
  counts: greaterOf(known.counts, computed.counts),
  seconds: greaterOf(known.seconds, computed.seconds),
});

const greaterOf = (known: ByOutcome, told: ByOutcome): ByOutcome => ({
  succeeded: Math.max(known.succeeded, told.succeeded),
  failed: Math.max(known.failed, told.failed),
  canceled: Math.max(known.canceled, told.canceled),
  'exceeded-limit': Math.max(known['exceeded-limit'], told['exceeded-limit']),
});
