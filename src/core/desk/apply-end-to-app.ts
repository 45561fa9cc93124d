/*
 * How the end of a reload changes what Cascade knows of the app, and what people hear of it. The action `storer` calls
 * this for the ends that it records, and `cascade rebuild` for all ends that the ledger (Cascade's memory) still has.
 *
 * A streak is an app's failures until its next success. An app is late if it has missed a deadline of its chain file. A
 * notice is one thing that people should hear. A channel, such as one of Slack's, is where they hear it.
 */

import { definedFields } from '../defined-fields.ts';
import { isMatch } from '../plan-orders.ts';
import type { EpochMs } from '../units.ts';
import {
  type AppState,
  type CountedEnd,
  countedMore,
  type EndPlace,
  isNewer,
  shownEnd,
  ticketOf,
} from './app-state.ts';
import { notedError } from './last-error.ts';
import {
  type ChannelName,
  type Late,
  MOST_NOTICES,
  type Notice,
  type NoticeKind,
  newNotice,
  type Streak,
} from './notice.ts';

/** What the change depends on, beside the app and the end. */
export interface ApplyContext {
  /** The channels that hear of a failure, and of the success after it. */
  readonly routes: { readonly failed: readonly ChannelName[]; readonly recovered: readonly ChannelName[] };
  /**
   * When a version of Cascade that sends notices was first deployed; absent if nobody noted it. An end from before that
   * makes no notice, so that an upgrade does not report old failures. One exception: if people heard that an app is
   * late, they also hear that it has arrived.
   */
  readonly noticesSince?: EpochMs | undefined;
  /** The clock of the store, CouchDB. */
  readonly now: EpochMs;
}

/** An app after an end, and how many of its oldest notices were dropped to make room. */
export interface AppAfterEnd {
  readonly state: AppState;
  readonly dropped: number;
}

/**
 * Applies an end to its app. An end that is counted already changes nothing. Ends may come in any order: an old one is
 * counted, but only an end that is newer than the newest deciding one changes whether the app is failing.
 */
export function applyEndToApp(state: AppState, end: CountedEnd, context: ApplyContext): AppAfterEnd {
  if (state.seen.includes(end.reloadId)) return { state, dropped: 0 };
  const counted = countEnd(state, end, context.now);
  const { late, ...inTime } = counted;
  // Set if this end has ended a lateness.
  const arrived = end.outcome === 'succeeded' && late !== undefined && endsLateness(end, late) ? late : undefined;
  const isHistory = context.noticesSince !== undefined && end.endedAt < context.noticesSince;
  const told = isHistory ? { ...context, routes: NOBODY } : context;
  return decide(arrived === undefined ? counted : inTime, end, arrived, told);
}

const NOBODY: ApplyContext['routes'] = { failed: [], recovered: [] };

/** Counts the end, whatever its outcome. */
function countEnd(state: AppState, end: CountedEnd, now: EpochMs): AppState {
  const { outcome, startedAt, endedAt, reloadId } = end;
  const seconds = startedAt === undefined ? 0 : Math.max(0, endedAt - startedAt) / 1000;
  const isLatestSuccess = outcome === 'succeeded' && isNewer(end, state.lastSuccess, now);
  return {
    ...state,
    counts: countedMore(state.counts, outcome, 1),
    seconds: countedMore(state.seconds, outcome, seconds),
    seen: [...state.seen, reloadId],
    ...(isLatestSuccess && { lastSuccess: { endedAt, reloadId } }),
    ...(isNewer(end, state.last, now) && { last: shownEnd(end) }),
  };
}

const endsLateness = ({ endedAt }: EndPlace, { after }: Late): boolean => after === undefined || endedAt > after;

/**
 * What the end changes about `failing`, and what people hear. An end is decisive if it succeeded, or if it failed and
 * no other attempt follows. A canceled reload says nothing about the app.
 */
function decide(state: AppState, end: CountedEnd, arrived: Late | undefined, context: ApplyContext): AppAfterEnd {
  const { reloadId, endedAt, outcome, willRetry } = end;
  const isDecisive = outcome === 'succeeded' || (isMatch('failed', outcome) && !willRetry);
  const isDeciding = isDecisive && isNewer(end, state.decided, context.now);
  const next = isDeciding ? { ...state, decided: { endedAt, reloadId } } : state;
  if (isDeciding && outcome !== 'succeeded') return fail(next, end, context);
  if (isDeciding && next.failing !== undefined) return recover(next, next.failing, end, arrived, context);
  return arrived === undefined ? { state: next, dropped: 0 } : arrive(next, end, arrived, context);
}

/** The first failure begins a streak, of which people hear. Each further failure is only counted, with its error. */
function fail(state: AppState, end: CountedEnd, { routes, now }: ApplyContext): AppAfterEnd {
  const { reloadId, endedAt, tenant, error } = end;
  if (state.failing !== undefined) {
    const { error: _, errorAt: __, ...failing } = state.failing;
    const next = { ...failing, times: failing.times + 1, lastFailedAt: endedAt };
    return { state: { ...state, failing: { ...next, ...notedError(error, endedAt, failing.since) } }, dropped: 0 };
  }
  const streak: Streak = {
    ...{ since: endedAt, first: reloadId, times: 1, lastFailedAt: endedAt, ticket: ticketOf(tenant, reloadId) },
    ...notedError(error, endedAt, endedAt),
  };
  const notice = { ...noticeOf('failed', end), streak };
  return withNotice({ ...state, failing: streak }, newNotice(notice, routes.failed, now));
}

/**
 * A success ends the streak, and people hear of it. If the same success ends a lateness, one notice says both. It goes
 * to the channels of both.
 */
function recover(
  { failing: _, ...fine }: AppState,
  streak: Streak,
  end: CountedEnd,
  arrived: Late | undefined,
  { routes, now }: ApplyContext,
): AppAfterEnd {
  const { reloadId, endedAt } = end;
  const state = { ...fine, over: [...fine.over, { ...streak, reloadId, recoveredAt: endedAt }] };
  const to = [...new Set([...routes.recovered, ...(arrived?.to ?? [])])];
  const late = arrived && { late: arrived };
  const notice = { ...noticeOf('recovered', end), streak, ...late };
  return withNotice(state, newNotice(notice, to, now));
}

/** A success ends a lateness of an app that was not failing. */
const arrive = (state: AppState, end: CountedEnd, late: Late, { now }: ApplyContext): AppAfterEnd =>
  withNotice(state, newNotice({ ...noticeOf('arrived', end), late }, late.to, now));

/** The fields that all notices of an end have. */
const noticeOf = (kind: NoticeKind, { reloadId, endedAt, traceId }: CountedEnd) => ({
  ...{ id: `${kind}.${reloadId}`, kind, reloadId, at: endedAt },
  ...definedFields({ traceId }),
});

/**
 * The state with one more notice. A notice without channels is not kept. If there are more than `MOST_NOTICES`, the
 * oldest are dropped.
 */
export function withNotice(state: AppState, notice: Notice): AppAfterEnd {
  const notices = notice.to.length === 0 ? state.notices : [...state.notices, notice];
  const dropped = Math.max(0, notices.length - MOST_NOTICES);
  return { state: { ...state, notices: notices.slice(dropped) }, dropped };
}
