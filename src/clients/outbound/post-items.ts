import { createHash } from 'node:crypto';
import { botMessage } from '../../core/desk/bot-message.ts';
import type { MessageItem } from '../../core/desk/message-item.ts';
import { slackMessage } from '../../core/desk/slack-message.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Channel, ChannelAnswer, ChannelPort } from './channel-port.ts';

/**
 * Sends these notices to a channel in one message, in the form that the channel takes. It never throws.
 *
 * @param items - at least one.
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

/** Equal for a message with the same notices, whoever sends it. */
const messageId = (items: readonly MessageItem[]): string =>
  createHash('sha256')
    .update(items.map(({ id }) => id).join('\n'))
    .digest('hex');
