/*
 * How an app stands, by the ends of its reloads: counts, whether it is failing, and what people still have to hear of
 * it. The app's document in the ledger (Cascade's memory) has this state. The action `storer` changes it with each end
 * (apply-end-to-app.ts). The sweep marks late apps, and the notifier takes out notices. Metrics and the dashboard show
 * it.
 *
 * A streak is an app's failures until its next success. An event is the document of an ended reload. The storer marks
 * it as recorded after it has counted the end in the app's document. An order is a reload that Cascade owes. If the
 * reload fails, another attempt may follow.
 */

import { cappedEnd } from '../cap-end.ts';
import { definedFields } from '../defined-fields.ts';
import { ticketId } from '../document-ids.ts';
import type { ReloadId, TenantName } from '../names.ts';
import { isMatch } from '../plan-orders.ts';
import { OUTCOMES, type Outcome, type ReloadFinished } from '../reload-finished.ts';
import type { EpochMs } from '../units.ts';
import type { EndedStreak, Late, Leases, Notice, Streak, TicketId } from './notice.ts';

/** The fields by which the ends of an app are sorted. */
export type EndPlace = Pick<ReloadFinished, 'endedAt' | 'reloadId'>;

/** An end as it counts for its app. If Cascade canceled the reload because it ran too long, `outcome` is `failed`. */
export interface CountedEnd extends ReloadFinished {
  /** Whether its order starts another attempt. */
  readonly willRetry: boolean;
  /** The trace id of its event, by which `cascade logs` finds the log lines. */
  readonly traceId?: string;
}

/** A number for each outcome. */
export type ByOutcome = Readonly<Record<Outcome, number>>;

/** Since when the chain files expect an app as they do now, by certain deadlines. */
export interface ExpectedSince {
  /** What the chain files say, as `expectedText` writes it. */
  readonly text: string;
  /** Since when they say so. Earlier deadlines do not count. */
  readonly at: EpochMs;
  /**
   * Only if the sweep has asked Qlik, because Cascade may not know all successes: the newest one in Qlik's list; 0 if
   * the list had none.
   */
  readonly success?: EpochMs;
  /**
   * The first deadline whose grace was not over when the sweep last looked. The dashboard shows it, because a page in
   * the browser cannot work it out. Absent until a sweep of this version has looked.
   */
  readonly next?: Pick<Late, 'deadline' | 'after'>;
}

/** How an app stands, after the ends that Cascade heard of. */
export interface AppState {
  /**
   * The newest end, for people. Absent if none was recorded: then the document only says since when the app is
   * expected.
   */
  readonly last?: ReloadFinished;
  /**
   * The newest end that decided whether the app is failing: it succeeded, or it failed and no other attempt follows.
   * Only a newer end may change `failing`.
   */
  readonly decided?: EndPlace;
  /** The newest end that succeeded, by Qlik's time and not by when Cascade heard of it. */
  readonly lastSuccess?: EndPlace;
  /** How many reloads ended. */
  readonly counts: ByOutcome;
  /** For how many seconds they ran. A reload whose start is unknown adds nothing. */
  readonly seconds: ByOutcome;
  /** Ids of reloads that are counted already, so that an end that comes twice is counted once. */
  readonly seen: readonly ReloadId[];
  /** Present if the app is failing. */
  readonly failing?: Streak;
  /**
   * Streaks that are over. Each stays until the event of its success is recorded: if the storer dies before that, the
   * streak's ticket may not say yet that the app has recovered.
   */
  readonly over: readonly EndedStreak[];
  /** Present if the app is late. */
  readonly late?: Late;
  /** Since when the chain files have the deadlines that the app has now; absent if it has had none. */
  readonly expectedSince?: ExpectedSince;
  /** What people still have to hear. */
  readonly notices: readonly Notice[];
  /** By channel, such as one of Slack's: until when one notifier (it sends notices) may send them there alone. */
  readonly leases?: Leases;
}

const NONE = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as unknown as ByOutcome;

/** What an app has counted. */
export type AppCounts = Pick<AppState, 'counts' | 'seconds'>;

/** The counts of an app before its first end. */
export const NO_COUNTS: AppCounts = { counts: NONE, seconds: NONE };

/** The ticket of the streak that began with this failed reload. */
export const ticketOf = (tenant: TenantName, first: ReloadId): TicketId => ticketId(tenant, first) as TicketId;

/** The state of an app whose document was written by an earlier version of Cascade, which stored only the last end. */
export function appStateFrom(last: ReloadFinished): AppState {
  const { tenant, reloadId, endedAt, outcome, error } = last;
  const place = { endedAt, reloadId };
  const state = { last, counts: countedMore(NONE, outcome, 1), seconds: NONE, seen: [reloadId], over: [], notices: [] };
  if (outcome === 'succeeded') return { ...state, decided: place, lastSuccess: place };
  if (!isMatch('failed', outcome)) return state;
  const ticket = ticketOf(tenant, reloadId);
  const failing = {
    ...{ since: endedAt, first: reloadId, times: 1, lastFailedAt: endedAt, ticket },
    ...definedFields({ error }),
  };
  return { ...state, decided: place, failing };
}

/** An app before its first end. */
export const FRESH_APP: AppState = { ...NO_COUNTS, seen: [], over: [], notices: [] };

/** An end as it is stored for people: without `willRetry` and the trace id, which only the one who counts it needs. */
export function shownEnd({ willRetry: _, traceId: __, ...end }: CountedEnd): ReloadFinished {
  return end;
}

/** `counts` with `more` added for one outcome. */
export const countedMore = (counts: ByOutcome, outcome: Outcome, more: number): ByOutcome => ({
  ...counts,
  [outcome]: counts[outcome] + more,
});

/**
 * Whether an end is newer than a known one. Ends of the same millisecond are sorted by their reloads' ids. If the known
 * end is more than 5 minutes in the future, its time is wrong. Then any end counts as newer, because otherwise no end
 * could replace it.
 *
 * @param now - the clock of the store, CouchDB.
 */
export function isNewer(end: EndPlace, known: EndPlace | undefined, now: EpochMs): boolean {
  if (known === undefined || cappedEnd(known, now) !== known) return true;
  return end.endedAt > known.endedAt || (end.endedAt === known.endedAt && end.reloadId > known.reloadId);
}

/**
 * An app keeps the ids of the last 64 counted reloads, and longer those whose events are not recorded yet. Cascade
 * usually hears of the same end twice within minutes, hardly after 64 other ends of the app.
 */
const KEPT_IDS = 64;

/** The reloads that an app may forget as soon as their events are recorded. */
export const forgettable = ({ seen, over }: AppState): readonly ReloadId[] => [
  ...new Set([...seen.slice(0, -KEPT_IDS), ...over.map(({ reloadId }) => reloadId)]),
];

/** The state without what was kept only for these reloads. */
export function withoutRecorded(state: AppState, recorded: ReadonlySet<ReloadId>): AppState {
  const firstKept = state.seen.length - KEPT_IDS;
  return {
    ...state,
    seen: state.seen.filter((id, index) => index >= firstKept || !recorded.has(id)),
    over: state.over.filter(({ reloadId }) => !recorded.has(reloadId)),
  };
}
