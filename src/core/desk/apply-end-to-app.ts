/*
 * How the end of a reload changes what Cascade knows of the app, and what people hear of it. The action `storer` calls this
 * for each end.
 *
 * A streak is a run of failures of one app until its next success. An app is late if it has missed a deadline of its chain
 * file. A notice is one thing that people should hear, and channels (such as Slack) are where they hear it.
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
import {
  type ChannelName,
  type Late,
  MOST_NOTICES,
  type Notice,
  type NoticeKind,
  newNotice,
  type Streak,
} from './notice.ts';

/** What applying an end depends on beside the end. */
export interface ApplyContext {
  /** Where people hear of a failure and of the success after it. */
  readonly routes: { readonly failed: readonly ChannelName[]; readonly recovered: readonly ChannelName[] };
  /**
   * When a version of Cascade that sends notices was first deployed. People hear of no end from before that, except that a
   * late app has arrived, since they heard that it is late. Absent if nobody noted it: then people hear of every end.
   */
  readonly noticesSince?: EpochMs | undefined;
  /** The store's clock. */
  readonly now: EpochMs;
}

/** An app after an end, and how many notices there was no room for. */
export interface AppAfterEnd {
  readonly state: AppState;
  readonly dropped: number;
}

/**
 * Applies an end to its app. An end that is counted already changes nothing. Ends may come in any order. Only an end that
 * is newer than all others that decided changes whether the app is failing.
 */
export function applyEndToApp(state: AppState, end: CountedEnd, context: ApplyContext): AppAfterEnd {
  if (state.seen.includes(end.reloadId)) return { state, dropped: 0 };
  const counted = countEnd(state, end, context.now);
  const { late, ...inTime } = counted;
  // The lateness that this end has ended.
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
 * What the end changes about `failing`, and what people hear. An end is decisive if it succeeded, or if it failed and no
 * other attempt follows. A canceled reload says nothing about the app.
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

/** The first failure begins a streak, of which people hear. Each further failure is only counted. */
function fail(state: AppState, end: CountedEnd, { routes, now }: ApplyContext): AppAfterEnd {
  const { reloadId, endedAt, tenant } = end;
  const { failing } = state;
  if (failing !== undefined) {
    const next: Streak = { ...failing, times: failing.times + 1, lastFailedAt: endedAt };
    return { state: { ...state, failing: next }, dropped: 0 };
  }
  const ticket = ticketOf(tenant, reloadId);
  const streak: Streak = { since: endedAt, first: reloadId, times: 1, lastFailedAt: endedAt, ticket };
  const notice = { ...noticeOf('failed', end), streak };
  return withNotice({ ...state, failing: streak }, newNotice(notice, routes.failed, now));
}

/**
 * A success ends the streak, and people hear of it. If the same success ends a lateness, one notice says both. It goes to
 * the channels of both.
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

/** What every notice of an end has. */
const noticeOf = (kind: NoticeKind, { reloadId, endedAt, traceId }: CountedEnd) => ({
  ...{ id: `${kind}.${reloadId}`, kind, reloadId, at: endedAt },
  ...definedFields({ traceId }),
});

/**
 * The state with one more notice. A notice without channels is not kept. If there are too many notices, the oldest are
 * dropped.
 */
export function withNotice(state: AppState, notice: Notice): AppAfterEnd {
  const notices = notice.to.length === 0 ? state.notices : [...state.notices, notice];
  const dropped = Math.max(0, notices.length - MOST_NOTICES);
  return { state: { ...state, notices: notices.slice(dropped) }, dropped };
}
