import { cappedEnd } from '../cap-end.ts';
import { ticketId } from '../document-ids.ts';
import type { ReloadId, TenantName } from '../names.ts';
import { isMatch } from '../plan-orders.ts';
import { OUTCOMES, type Outcome, type ReloadFinished } from '../reload-finished.ts';
import type { EpochMs } from '../units.ts';
import type { EndedStreak, Late, Leases, Notice, Streak, TicketId } from './notice.ts';

/** An end's place in the order of an app's ends. */
export type EndPlace = Pick<ReloadFinished, 'endedAt' | 'reloadId'>;

/** An end as it counts for its app. `outcome` is what links go by: a reload that ran too long has failed. */
export interface CountedEnd extends ReloadFinished {
  /** Whether its order starts another attempt. */
  readonly willRetry: boolean;
  /** The trace id of its event. */
  readonly traceId?: string;
}

/** A number for each outcome. */
export type ByOutcome = Readonly<Record<Outcome, number>>;

/** How an app stands, after the ends that Cascade heard of. */
export interface AppState {
  /** The newest end, for people. Absent if none was recorded, and the document only says since when the app is expected. */
  readonly last?: ReloadFinished;
  /** The newest end that succeeded, or failed for good. A change to `failing` needs a newer one. */
  readonly decided?: EndPlace;
  /** The greatest end that succeeded, in whatever order they were heard. */
  readonly lastSuccess?: EndPlace;
  /** How many reloads ended. */
  readonly counts: ByOutcome;
  /** How long those ran whose start is known, in seconds. */
  readonly seconds: ByOutcome;
  /** Ids of reloads that are counted already. */
  readonly seen: readonly ReloadId[];
  /** Present if the app is failing. */
  readonly failing?: Streak;
  /** Streaks that are over. Each stays until the event of its success is recorded: until then its ticket may be owed. */
  readonly over: readonly EndedStreak[];
  /** Present if the app is late. */
  readonly late?: Late;
  /** Since when this text of `expected` counts. */
  readonly expectedSince?: { readonly text: string; readonly at: EpochMs };
  readonly notices: readonly Notice[];
  readonly leases?: Leases;
}

const NONE = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as unknown as ByOutcome;

/** The ticket of the streak that began with this failed reload. */
export const ticketOf = (tenant: TenantName, first: ReloadId): TicketId => ticketId(tenant, first) as TicketId;

/** An app of which nothing is known but one end that was heard of before anybody counted. */
export function appStateFrom(last: ReloadFinished): AppState {
  const { tenant, reloadId, endedAt, outcome } = last;
  const place = { endedAt, reloadId };
  const state = { last, counts: countedMore(NONE, outcome, 1), seconds: NONE, seen: [reloadId], over: [], notices: [] };
  if (outcome === 'succeeded') return { ...state, decided: place, lastSuccess: place };
  if (!isMatch('failed', outcome)) return state;
  const ticket = ticketOf(tenant, reloadId);
  const failing = { since: endedAt, first: reloadId, times: 1, lastFailedAt: endedAt, ticket };
  return { ...state, decided: place, failing };
}

/** An app before its first end. */
export const FRESH_APP: AppState = { counts: NONE, seconds: NONE, seen: [], over: [], notices: [] };

/** An end as people see it. That it is tried again is seen in its order, and its trace id in its event. */
export function shownEnd({ willRetry: _, traceId: __, ...end }: CountedEnd): ReloadFinished {
  return end;
}

/** `counts` with `more` added for one outcome. */
export const countedMore = (counts: ByOutcome, outcome: Outcome, more: number): ByOutcome => ({
  ...counts,
  [outcome]: counts[outcome] + more,
});

/**
 * Whether an end is newer than a known one. Two ends of the same millisecond are in the order of their reloads' ids. A
 * known end in the future gives way to any other, since none could follow it.
 *
 * @param now - the store's clock.
 */
export function isNewer(end: EndPlace, known: EndPlace | undefined, now: EpochMs): boolean {
  if (known === undefined || cappedEnd(known, now) !== known) return true;
  return end.endedAt > known.endedAt || (end.endedAt === known.endedAt && end.reloadId > known.reloadId);
}

/** So many ids are kept in any case: an end is heard of again within minutes, not after 64 others. */
const KEPT_IDS = 64;

/** The reloads that an app may forget as soon as their events are recorded. */
export const forgettable = ({ seen, over }: AppState): readonly ReloadId[] => [
  ...new Set([...seen.slice(0, -KEPT_IDS), ...over.map(({ reloadId }) => reloadId)]),
];

/** The state without what is only kept for events that are now recorded. */
export function withoutRecorded(state: AppState, recorded: ReadonlySet<ReloadId>): AppState {
  const firstKept = state.seen.length - KEPT_IDS;
  return {
    ...state,
    seen: state.seen.filter((id, index) => index >= firstKept || !recorded.has(id)),
    over: state.over.filter(({ reloadId }) => !recorded.has(reloadId)),
  };
}
