/*
 * Writes the message that the action `notifier` posts to a bot, that is, to a program that people have registered as a
 * channel. It has the same notices as a message in Slack, but as JSON with all fields that a notice has.
 */

import type { EpochMs } from '../units.ts';
import type { MessageItem } from './message-item.ts';

/** A notice as a bot gets it: times in ISO 8601, the rest as in `MessageItem`. */
export interface BotNotice extends Omit<MessageItem, 'at' | 'since' | 'deadline'> {
  readonly at: string;
  readonly since?: string;
  readonly deadline?: string;
}

/** The body of a webhook to a bot; `docs/notices.schema.json` describes it. */
export interface BotMessage {
  readonly type: 'cascade.notices';
  /** When the message was made, in ISO 8601. */
  readonly timestamp: string;
  readonly notices: readonly BotNotice[];
}

/**
 * Makes the message with these notices for a bot.
 *
 * @param now - the clock of the store, CouchDB.
 */
export const botMessage = (items: readonly MessageItem[], now: EpochMs): BotMessage => ({
  ...{ type: 'cascade.notices', timestamp: iso(now) },
  notices: items.map(({ at, since, deadline, ...item }) => ({
    ...item,
    at: iso(at),
    ...(since !== undefined && { since: iso(since) }),
    ...(deadline !== undefined && { deadline: iso(deadline) }),
  })),
});

const iso = (at: EpochMs): string => new Date(at).toISOString();
