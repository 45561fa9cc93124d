/*
 * Writes the message that the notifier posts to a bot, a program that answers people's problems: the same notices as in
 * Slack, but as JSON with every field.
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
 * The message that hands these notices to a bot, each whole.
 *
 * @param now - the store's clock.
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
