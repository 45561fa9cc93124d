/*
 * The types of what people hear from Cascade. A notice is one thing that people should hear. A channel, such as one of
 * Slack's, is where they hear it. The settings have the channels, and chain files say which channel hears of which app
 * (the routes).
 *
 * A notice is stored in the document that it is about, such as an app's, usually until each channel has taken it. So a
 * crash loses no notice. The action `notifier` sends them. Before it sends, it takes a lease: for a minute no other
 * notifier may send the document's notices to that channel.
 */

import type { ReloadId } from '../names.ts';
import { addMs, type DurationMs, type EpochMs, seconds } from '../units.ts';
import type { NotedError } from './last-error.ts';

/** A channel's name: `[a-z0-9][a-z0-9-]{0,39}`; `default` if none is given. */
export type ChannelName = string & { readonly of: 'ChannelName' };

/** The channel for most alerts, and for apps for which no chain file has a `notify`. */
export const DEFAULT_CHANNEL = 'default' as ChannelName;

/** The kinds of notices for which a chain file can name channels. `arrived` goes to the channels of `late`. */
export const ROUTE_KINDS = ['failed', 'recovered', 'late', 'gave-up'] as const;
export type RouteKind = (typeof ROUTE_KINDS)[number];

/** For each kind of notice, the channels that hear of it. A kind without channels is sent to nobody. */
export type NoticeRoutes = Readonly<Partial<Record<RouteKind, readonly ChannelName[]>>>;

/** A ticket's id: `ticket:reload:<tenant>:<first failed reload>`. */
export type TicketId = string & { readonly of: 'TicketId' };

/** A streak: an app's failures until its next success. `lastErrorIn` says why the last reload failed. */
export interface Streak extends NotedError {
  /** The end of the first failed reload. */
  readonly since: EpochMs;
  readonly first: ReloadId;
  /** How many reloads have failed. */
  readonly times: number;
  readonly lastFailedAt: EpochMs;
  readonly ticket: TicketId;
}

/** A streak that a success ended. */
export interface EndedStreak extends Streak {
  /** The reload that succeeded, and its end. */
  readonly reloadId: ReloadId;
  readonly recoveredAt: EpochMs;
}

/** A deadline that an app has missed. */
export interface Late {
  readonly deadline: EpochMs;
  /**
   * When the deadline before this one, with its grace, was over; absent if there is none. Any success after that ends
   * the lateness.
   */
  readonly after?: EpochMs;
  /** Where people hear that the app is late, and so where they hear that it has arrived. */
  readonly to: readonly ChannelName[];
}

/**
 * What people may hear. An app `failed` or `recovered`; it is `late`, or has `arrived` after all; Cascade `gave-up` a
 * reload that it owed; a `question` was asked; or there is an `alert`, which is anything else that a person should look
 * at.
 */
export const NOTICE_KINDS = ['failed', 'recovered', 'late', 'arrived', 'gave-up', 'question', 'alert'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** One thing that people should hear, and the channels that have not taken it. */
export interface Notice {
  /** Unique within its document, and the same whoever makes the notice. */
  readonly id: string;
  readonly kind: NoticeKind;
  /** The reload whose end the notice is about; absent for `late`, `gave-up`, `question` and `alert`. */
  readonly reloadId?: ReloadId;
  /** When the thing happened, such as the reload's end, or the deadline. */
  readonly at: EpochMs;
  /**
   * The trace id of the work that made the notice, by which `cascade logs` finds the log lines. Absent in a notice of
   * an earlier version, and in that of an alert: the alert itself has a trace id.
   */
  readonly traceId?: string;
  /** With `failed` and `recovered`: the streak as it stood when the notice was made. */
  readonly streak?: Streak;
  /** With `late` and `arrived`. Also with `recovered`, if the same success ended a lateness. */
  readonly late?: Late;
  /** The channels that have not taken the notice yet. */
  readonly to: readonly ChannelName[];
  /**
   * For each of these channels: when the sweep (it runs every 5 minutes) may have the notice sent there at the
   * earliest.
   */
  readonly due: Readonly<Record<ChannelName, EpochMs>>;
  /** How many notices a message to a channel may hold with this one, if the channel refused a larger message. */
  readonly most?: Readonly<Record<ChannelName, number>>;
}

/**
 * Whoever makes a notice usually starts a notifier, too. If no notifier comes, the sweep takes the notice up after this
 * time.
 */
export const NOTICE_PATIENCE: DurationMs = seconds(30);

/**
 * The most notices that a document keeps, so that it does not grow for ever. If there are more, the oldest are dropped.
 */
export const MOST_NOTICES = 64;

/**
 * Makes a notice that no channel has taken yet.
 *
 * @param now - the clock of the store, CouchDB.
 */
export function newNotice(
  notice: Omit<Notice, 'due' | 'most' | 'to'>,
  to: readonly ChannelName[],
  now: EpochMs,
): Notice {
  const dueAt = addMs(now, NOTICE_PATIENCE);
  return { ...notice, to, due: Object.fromEntries(to.map((channel) => [channel, dueAt])) };
}

/** A worker's right to send a document's notices to one channel, until an instant of the store's clock. */
export type Leases = Readonly<Record<ChannelName, EpochMs>>;

/**
 * When the sweep should look at a document for its notices: the earliest instant at which one of them may be sent to
 * one of its channels. A channel's notices also wait until the lease for that channel is over.
 *
 * @returns undefined if no channel waits for a notice.
 */
export function noticesDueAt(notices: readonly Notice[], leases: Leases = {}): EpochMs | undefined {
  const instants = notices.flatMap(({ to, due }) =>
    to.map((channel) => Math.max(leases[channel] ?? 0, due[channel] ?? 0)),
  );
  return instants.length === 0 ? undefined : (Math.min(...instants) as EpochMs);
}
