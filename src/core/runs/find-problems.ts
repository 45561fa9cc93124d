/*
 * `cascade runs --problems` lists what a person should look at. This file decides which of the facts in the ledger
 * (Cascade's memory) are problems, and in which sequence people see them. The caller has read the facts.
 */

import type { Streak } from '../desk/notice.ts';
import { appStateId } from '../document-ids.ts';
import type { JoinEnd } from '../joins/fold-ends.ts';
import type { JoinRule } from '../link.ts';
import type { AppRef, ReloadId } from '../names.ts';
import type { Reason } from '../reload-finished.ts';
import { ALERT_LULL } from '../time-constants.ts';
import { type DurationMs, days, type EpochMs, minutes } from '../units.ts';
import type { OrderFact } from './facts.ts';
import {
  type AlertFact,
  alertsAlone,
  type DeadFact,
  type Dismissals,
  gaveUpAt,
  isOpenAlert,
  isOpenLetter,
  openGivenUp,
  raisedAt,
} from './open-problems.ts';

/**
 * How often `schedule.yaml` fires the sweep, which takes up work that was left undone. If work has been due for longer
 * than that, no sweep has taken it up, or none could finish it.
 */
export const SWEEP_PERIOD: DurationMs = minutes(5);

/** A channel, where people get notices: since when it has taken no message, and what it answered to the last one. */
export interface ChannelFact {
  readonly _id: string;
  /** Both are absent if it took the last message, or if an alert says what is wrong. */
  readonly failingSince?: EpochMs;
  readonly answer?: string;
  /** When it is tried again. */
  readonly pausedUntil?: EpochMs;
}

/** How long a channel may take no message before it is a problem: most channels are back before. */
const CHANNEL_PATIENCE: DurationMs = minutes(60);

/** If a channel was to be tried again, and this time passed without another pause, then nothing more is owed to it. */
const CHANNEL_TRIED: DurationMs = minutes(30);

/** A channel that takes no messages. */
export interface SilentChannel extends ChannelFact {
  readonly failingSince: EpochMs;
  readonly answer: string;
}

/** A document with a mistake in it, and the mistake in words. */
export interface WrongFact {
  readonly _id: string;
  readonly why: string;
}

/** Documents that have been due for longer than the sweep's period: the oldest one, and how many there are. */
export interface OverdueFact {
  readonly _id: string;
  readonly dueAt: EpochMs;
  readonly count: number;
  /** True if not all were counted. */
  readonly isMore: boolean;
  /** The tenants of the counted documents. */
  readonly tenants: readonly string[];
}

/** A link that waits for several apps, and the ends that set nothing off because the other apps did not end in time. */
export interface ExpiredFact extends AppRef {
  readonly _id: string;
  readonly chain: string;
  readonly rule: JoinRule;
  readonly halves: readonly JoinEnd[];
  /** When the last of these ends stopped counting, by Qlik's clock. */
  readonly at: EpochMs;
}

/** An app that is failing: its reloads have failed since its last success. These failures are a streak. */
export interface FailingFact extends AppRef {
  readonly streak: Streak;
  /** False if the streak's ticket is not in the ledger, for example because an earlier version wrote none. */
  readonly hasTicket: boolean;
  /** Of the last failure; absent if Qlik gave none, or if the ledger does not have it. */
  readonly error?: Reason;
  /** The same as a sentence. It also says which of the two it is. */
  readonly why: string;
}

/** An app that has missed a deadline, and has not succeeded since. */
export interface LateFact extends AppRef {
  readonly deadline: EpochMs;
  /** When it succeeded last; absent if no success of it is known. */
  readonly lastSuccess?: EpochMs;
}

/** A reload that failed, and after which Cascade starts no further attempt. */
export interface FailedReload extends AppRef {
  readonly reloadId: ReloadId;
  readonly endedAt: EpochMs;
  /** The ticket of its streak; absent if the ledger has none. */
  readonly ticket?: string;
  /** The id that the ticket of its streak has, or would have; absent if the ledger has neither ticket nor streak. */
  readonly streak?: string;
  /** Only if Cascade canceled it because it exceeded its `timeout`: the words for that. */
  readonly tooLong?: string;
}

/**
 * A run some of whose reloads failed, and these reloads, the earliest first. A run is all that followed from a first
 * end or order, its root.
 */
export interface FailedRunFact {
  /** The id of the run's root. */
  readonly root: string;
  readonly reloads: readonly FailedReload[];
}

/** How many documents the next purge would remove, and when the last purge was. */
export interface PurgeFact {
  readonly count: number;
  /** Undefined if the ledger was never purged. */
  readonly last: EpochMs | undefined;
}

/** This long after a purge it is time for the next one. */
export const PURGE_PERIOD: DurationMs = days(7);

/** One problem of the list. `at` is when it happened, or when the facts were read if nobody knows when it began. */
export type LedgerProblem =
  | { readonly kind: 'alert'; readonly alert: AlertFact; readonly at: EpochMs }
  | { readonly kind: 'expired-join'; readonly expired: ExpiredFact; readonly at: EpochMs }
  | { readonly kind: 'failing'; readonly app: FailingFact; readonly at: EpochMs }
  | { readonly kind: 'late'; readonly app: LateFact; readonly at: EpochMs }
  | { readonly kind: 'failed-run'; readonly run: FailedRunFact; readonly at: EpochMs }
  | { readonly kind: 'gave-up'; readonly order: OrderFact; readonly at: EpochMs }
  | { readonly kind: 'dead-letter'; readonly dead: DeadFact; readonly at: EpochMs }
  /** People do not get what they should hear there. */
  | { readonly kind: 'channel'; readonly channel: SilentChannel; readonly at: EpochMs }
  /** Work is overdue. `isSweepAsked`: no other problem explains it, so a person should check that the sweep runs. */
  | { readonly kind: 'overdue'; readonly overdue: OverdueFact; readonly isSweepAsked: boolean; readonly at: EpochMs }
  /** CouchDB refuses a write, or gives no answer to it. */
  | { readonly kind: 'no-writes'; readonly why: string; readonly at: EpochMs }
  /** The document is malformed: Cascade does not work on it. */
  | { readonly kind: 'unreadable'; readonly wrong: WrongFact; readonly at: EpochMs }
  /** Old documents pile up: nobody purged the ledger for a week. */
  | { readonly kind: 'purge-due'; readonly purge: PurgeFact; readonly at: EpochMs }
  /** The document is well-formed, but its content keeps Cascade from working on it or on others. */
  | { readonly kind: 'stuck'; readonly wrong: WrongFact; readonly at: EpochMs };

/** The facts among which `findProblems` looks. */
export interface ProblemFacts {
  readonly alerts: readonly AlertFact[];
  readonly orders: readonly OrderFact[];
  readonly dead: readonly DeadFact[];
  readonly channels: readonly ChannelFact[];
  readonly failing: readonly FailingFact[];
  readonly late: readonly LateFact[];
  /** Of the last day. */
  readonly failedRuns: readonly FailedRunFact[];
  /** When apps succeeded last, by the ids of their documents. */
  readonly lastSuccess: ReadonlyMap<string, EpochMs>;
  /**
   * When orders, alerts and tickets were dismissed last, by their ids. A ticket that was reopened since is not in it.
   */
  readonly dismissed: Dismissals;
  /** Of the last day. */
  readonly expired: readonly ExpiredFact[];
  readonly overdue?: OverdueFact;
  readonly unreadable: readonly WrongFact[];
  readonly stuck: readonly WrongFact[];
  /** Why CouchDB takes no write; absent if it does. */
  readonly noWrites?: string;
  /** Absent if the last purge is at most a week ago, or if nothing is to be removed. */
  readonly purge?: PurgeFact;
}

/** The kinds of alerts that say that Cascade does no work for a tenant. The tenant is the alert's subject. */
const STOPS: readonly string[] = ['tenant-moved', 'tenant-unknown'];

/**
 * While the cause of an alert lasts, a running sweep raises the alert again within this time, even if one sweep fails.
 */
const GOES_ON_MS = 2 * SWEEP_PERIOD + ALERT_LULL;

/**
 * Lists the problems that a person should look at: first what is wrong now, then the others, newest first. Problems
 * that a person has dismissed are left out. An order (a reload that Cascade owes) that was given up is a problem until
 * its app succeeds.
 *
 * @param since - leaves out alerts that were last raised before it, ends that stopped waiting before it, and orders
 *   that were given up before it. Problems of other kinds are listed however old they are.
 * @param now - when the facts were read.
 */
export function findProblems(facts: ProblemFacts, since: EpochMs, now: EpochMs): readonly LedgerProblem[] {
  const { alerts, orders, dead, expired, dismissed, lastSuccess } = facts;
  const raised = alertsAlone(alerts, orders).filter((alert) => raisedAt(alert) >= since);
  // `since` may leave these out. The others stay until somebody settles them.
  const passing: LedgerProblem[] = [
    ...raised
      .filter((alert) => isOpenAlert(alert, dismissed))
      .map((alert) => ({ kind: 'alert' as const, alert, at: raisedAt(alert) })),
    ...expired.map((each) => ({ kind: 'expired-join' as const, expired: each, at: each.at })),
    ...openGivenUp(orders, dismissed, (app) => lastSuccess.get(appStateId(app))).map((order) => ({
      ...{ kind: 'gave-up' as const, order, at: gaveUpAt(order) },
    })),
  ];
  const lasting: LedgerProblem[] = [
    ...dead.filter(isOpenLetter).map((letter) => ({ kind: 'dead-letter' as const, dead: letter, at: letter.storedAt })),
    ...facts.channels
      .filter((channel) => isSilent(channel, now))
      .map((channel) => ({ kind: 'channel' as const, channel, at: channel.failingSince })),
    ...failed(facts),
    ...facts.late.map((app) => ({ kind: 'late' as const, app, at: app.deadline })),
  ];
  const recent = passing.filter(({ at }) => at >= since);
  const stopped = new Set(raised.flatMap((alert) => stoppedBy(alert, now)));
  return [...present(facts, stopped, now), ...[...recent, ...lasting].sort((a, b) => b.at - a.at)];
}

/** Whether a channel has taken no message for an hour, although something is owed to it. */
function isSilent(channel: ChannelFact, now: EpochMs): channel is SilentChannel {
  const { failingSince, answer, pausedUntil = 0 } = channel;
  const isLong = failingSince !== undefined && now - failingSince >= CHANNEL_PATIENCE;
  return isLong && answer !== undefined && now - pausedUntil <= CHANNEL_TRIED;
}

/**
 * The apps that are failing and the runs with failed reloads. If a person has dismissed a ticket, its reloads are left
 * out.
 */
function failed({ failing, failedRuns, dismissed }: ProblemFacts): readonly LedgerProblem[] {
  const apps = failing
    .filter(({ streak }) => !dismissed.has(streak.ticket))
    .map((app) => ({ kind: 'failing' as const, app, at: app.streak.lastFailedAt }));
  const runs = failedRuns.flatMap(({ root, reloads }) => {
    const left = reloads.filter(({ ticket, streak = '' }) => !dismissed.has(ticket ?? streak));
    const last = left.at(-1);
    return last === undefined ? [] : [{ kind: 'failed-run' as const, run: { root, reloads: left }, at: last.endedAt }];
  });
  return [...apps, ...runs];
}

/** The tenant for which Cascade does no work, if this alert says so and is still raised. */
const stoppedBy = (alert: AlertFact, now: EpochMs): readonly string[] =>
  STOPS.includes(alert.kind) && raisedAt(alert) >= now - GOES_ON_MS ? [alert.subject] : [];

/** What is wrong now. A cause comes before its effects. */
function present(
  { overdue, unreadable, stuck, noWrites, purge }: ProblemFacts,
  stopped: ReadonlySet<string>,
  now: EpochMs,
): readonly LedgerProblem[] {
  const isUnexplained = overdue?.tenants.some((tenant) => !stopped.has(tenant)) === true;
  const isSweepAsked = noWrites === undefined && isUnexplained;
  return [
    ...(noWrites === undefined ? [] : [{ kind: 'no-writes' as const, why: noWrites, at: now }]),
    ...(overdue === undefined ? [] : [{ kind: 'overdue' as const, overdue, isSweepAsked, at: overdue.dueAt }]),
    ...unreadable.map((wrong) => ({ kind: 'unreadable' as const, wrong, at: now })),
    ...stuck.map((wrong) => ({ kind: 'stuck' as const, wrong, at: now })),
    ...(purge === undefined ? [] : [{ kind: 'purge-due' as const, purge, at: now }]),
  ];
}
