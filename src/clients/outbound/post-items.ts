import { createHash } from 'node:crypto';
import { botMessage } from '../../core/desk/bot-message.ts';
import type { MessageItem } from '../../core/desk/message-item.ts';
import { slackMessage } from '../../core/desk/slack-message.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Channel, ChannelAnswer, ChannelPort } from './channel-port.ts';

/**
 * Sends notices (texts such as "Sales failed", for people) to a channel in one message, in the form that the channel
 * takes: Slack or bot. The action notifier and `cascade notify` use it, so that both send the same.
 *
 * @param items - the notices, at least one.
 * @param now - the time that the message says it was made at.
 * @param page - the address of the dashboard's page, if there is one.
 */
export const postItems = (
  channel: Channel,
  items: readonly MessageItem[],
  port: ChannelPort,
  now: EpochMs,
  page?: string,
): Promise<ChannelAnswer> =>
  'slack' in channel
    ? port.toSlack(channel.slack, slackMessage(items, page))
    : port.toBot(channel, messageId(items), botMessage(items, now));

/** Equal for messages with the same notices. If a message is sent twice, a bot knows it by this id. */
const messageId = (items: readonly MessageItem[]): string =>
  createHash('sha256')
    .update(items.map(({ id }) => id).join('\n'))
    .digest('hex');
