/*
 * Decides which notices go into the next message to a channel, and how a document changes before and after the message
 * is sent. Notices are what people should hear, and channels, such as those of Slack, are where they hear it. The
 * notices are in the documents that they are about, such as an app's. The action `notifier` calls these functions and
 * stores the documents.
 *
 * A lease is a notifier's right to send a document's notices to one channel, for a minute. It keeps other
 * notifiers from sending the same notices at the same time.
 */

import { addMs, type EpochMs, seconds } from '../units.ts';
import type { ChannelName, Leases, Notice } from './notice.ts';

/** The notices that channels have not taken yet, and the leases of the notifiers that send them now. */
export interface Owing {
  readonly notices: readonly Notice[];
  readonly leases?: Leases;
}

/** A document with its notices. */
export interface OwingDocument extends Owing {
  readonly id: string;
}

/** The notices of one document that go into one message, in their order. */
export interface MessagePart {
  readonly id: string;
  readonly notices: readonly Notice[];
}

/**
 * The most notices in a message. In Slack it names only ten of them, but the notifier reads and writes the documents of
 * all.
 */
const MOST_IN_A_MESSAGE = 500;

/** Whether `notice` is still owed to `channel`. */
export const isOwed = ({ to }: Notice, channel: ChannelName): boolean => to.includes(channel);

/**
 * Decides which notices go into the next message to a channel. Questions of a Stack Exchange site come last. Otherwise
 * the document whose first notice is the oldest comes first. The notices of a document keep their order. Documents with
 * a lease for this channel are left out.
 *
 * If the channel refused a notice in a larger message, the notice says how many notices its next message may hold
 * (`most`).
 *
 * @param now - the clock of the store, CouchDB.
 */
export function groupFor(
  channel: ChannelName,
  documents: readonly OwingDocument[],
  now: EpochMs,
): readonly MessagePart[] {
  const open = documents
    .filter(({ leases }) => (leases?.[channel] ?? 0) <= now)
    .map(({ id, notices }) => ({ id, notices: notices.filter((notice) => isOwed(notice, channel)) }))
    .filter(({ notices }) => notices.length > 0)
    .sort((a, b) => Number(isQuestion(a)) - Number(isQuestion(b)) || firstAt(a) - firstAt(b) || (a.id < b.id ? -1 : 1));
  const parts: MessagePart[] = [];
  let [size, most] = [0, MOST_IN_A_MESSAGE];
  for (const { id, notices } of open) {
    const taken: Notice[] = [];
    for (const notice of notices) {
      const mostWithIt = Math.min(most, notice.most?.[channel] ?? MOST_IN_A_MESSAGE);
      if (size >= mostWithIt) break;
      taken.push(notice);
      [size, most] = [size + 1, mostWithIt];
    }
    if (taken.length > 0) parts.push({ id, notices: taken });
    if (size >= most) break;
  }
  return parts;
}

/** Whether a part of a message is a question of a Stack Exchange site. */
export const isQuestion = ({ notices }: MessagePart): boolean => notices[0]?.kind === 'question';

const firstAt = ({ notices }: MessagePart): number => notices[0]?.at ?? 0;

/** The document with a lease: until `until`, the notifier that took it may send the notices to `channel`. */
export const leased = <T extends Owing>(document: T, channel: ChannelName, until: EpochMs): T => ({
  ...document,
  leases: { ...document.leases, [channel]: until },
});

/**
 * The document after its notices could not be sent to `channel`: without the lease. They may be sent again at `due`.
 */
export function released<T extends Owing>(document: T, channel: ChannelName, due: EpochMs): T {
  return {
    ...withoutLease(document, channel),
    notices: document.notices.map((notice) => owedFrom(notice, channel, due)),
  };
}

const owedFrom = (notice: Notice, channel: ChannelName, due: EpochMs): Notice =>
  isOwed(notice, channel) ? { ...notice, due: { ...notice.due, [channel]: due } } : notice;

/**
 * The document after the channel took these notices, or after Cascade gave up sending them there. A notice is removed
 * if no other channel waits for it. Notices that came into the document meanwhile stay.
 */
export function settled<T extends Owing>(document: T, channel: ChannelName, ids: ReadonlySet<string>): T {
  const notices = document.notices
    .map((notice) => (ids.has(notice.id) ? withoutChannel(notice, channel) : notice))
    .filter(({ to }) => to.length > 0);
  return { ...withoutLease(document, channel), notices };
}

/**
 * The document after the channel refused a message of `size` notices. The next message with one of these notices holds
 * at most half as many, but at least one.
 */
export function halved<T extends Owing>(document: T, channel: ChannelName, ids: ReadonlySet<string>, size: number): T {
  const most = Math.max(1, Math.floor(size / 2));
  const notices = document.notices.map((notice) =>
    ids.has(notice.id) ? { ...notice, most: { ...notice.most, [channel]: most } } : notice,
  );
  return { ...withoutLease(document, channel), notices };
}

function withoutLease<T extends Owing>(document: T, channel: ChannelName): T {
  const { leases, ...rest } = document;
  const others = Object.fromEntries(Object.entries(leases ?? {}).filter(([name]) => name !== channel));
  return (Object.keys(others).length === 0 ? rest : { ...rest, leases: others }) as T;
}

function withoutChannel(notice: Notice, channel: ChannelName): Notice {
  const isOther = ([name]: readonly [string, unknown]): boolean => name !== channel;
  const { most, ...rest } = notice;
  const left = Object.fromEntries(Object.entries(most ?? {}).filter(isOther));
  return {
    ...rest,
    to: notice.to.filter((name) => name !== channel),
    due: Object.fromEntries(Object.entries(notice.due).filter(isOther)),
    ...(Object.keys(left).length > 0 && { most: left }),
  };
}

/**
 * When a lease that is taken now ends: in 60 s. A notifier may run for 60 s. So the one that took the lease is over
 * then.
 */
export const leaseUntil = (now: EpochMs): EpochMs => addMs(now, seconds(60));
