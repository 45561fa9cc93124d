/*
 * Cascade tells people in a channel, for example, that a reload failed. This file says what a channel is, and how it
 * may answer a message. The notifier (the action that sends the messages) must know the answer: it tries some messages
 * again, and others would be refused for ever.
 */

import type { BotMessage } from '../../core/desk/bot-message.ts';
import type { ChannelName } from '../../core/desk/notice.ts';
import type { SlackMessage } from '../../core/desk/slack-message.ts';
import type { DurationMs } from '../../core/units.ts';

/** Slack's incoming webhook, or a bot that takes signed webhooks. Slack's address is itself a secret. */
export type Channel =
  | { readonly name: ChannelName; readonly slack: string }
  | {
      readonly name: ChannelName;
      readonly url: string;
      /** `whsec_` and base64, as the Standard Webhooks specification has it. */
      readonly secret: string;
    };

/**
 * How a channel answered a message. The text in `message` is for people, and does not contain the channel's address.
 */
export type ChannelAnswer =
  | { readonly kind: 'taken'; readonly message: string }
  /**
   * The channel may take the message later: after `retryAfter`, if it said so. Perhaps it has taken the message
   * already.
   */
  | { readonly kind: 'busy'; readonly message: string; readonly retryAfter?: DurationMs }
  /** The channel is wrong: its address or its key. */
  | { readonly kind: 'wrong'; readonly message: string }
  /** The message is wrong: the channel will never take it. */
  | { readonly kind: 'refused'; readonly message: string };

/** Sends a message once. If that fails, the call does not throw. When the call settles, nothing is in flight. */
export interface ChannelPort {
  toSlack(url: string, message: SlackMessage): Promise<ChannelAnswer>;
  /**
   * @param id - equal for each attempt to send one message: a bot knows a repeated one by it.
   */
  toBot(bot: Extract<Channel, { readonly url: string }>, id: string, message: BotMessage): Promise<ChannelAnswer>;
}
