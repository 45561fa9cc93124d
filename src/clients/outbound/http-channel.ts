import { Webhook } from 'standardwebhooks';
import { definedFields } from '../../core/defined-fields.ts';
import { clipped } from '../../core/outside-text.ts';
import { type DurationMs, type EpochMs, seconds } from '../../core/units.ts';
import { visible } from '../../core/visible.ts';
import { exchange, type HttpExchange } from '../http-exchange.ts';
import { retryAfterIn } from '../retry-after.ts';
import type { ChannelAnswer, ChannelPort } from './channel-port.ts';

/**
 * How long a channel may take to answer. The notifier (the action that sends messages to people) may run twice at a
 * time. One run must not send while another may send the same. So it takes a lease for a minute, and begins to send in
 * the first 25 s of it. With these 10 s, its message is over before the lease is.
 */
const TIMEOUT: DurationMs = seconds(10);

/** How much of a channel's answer a message repeats, in UTF-16 units. Slack's answers are one word. */
const LONGEST_ANSWER = 100;

/**
 * Makes the port that sends messages to channels over HTTP: to Slack, or to a bot, with a signature as the Standard
 * Webhooks specification has it. The action notifier and `cascade notify` use it.
 *
 * @param now - the clock for the time in the signature. A bot refuses a message whose time is too far from its own.
 * @param timeout - for each message; default 10 s.
 */
export function httpChannel(now: () => EpochMs, timeout = TIMEOUT): ChannelPort {
  return {
    toSlack: async (url, message) => deliveryOf(await exchange({ method: 'POST', url, json: message, timeout }), now()),
    async toBot({ url, secret }, id, message) {
      const sentAt = now();
      const signature = new Webhook(secret).sign(id, new Date(sentAt), JSON.stringify(message));
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(sentAt / 1000)),
        'webhook-signature': signature,
      };
      return deliveryOf(await exchange({ method: 'POST', url, headers, json: message, timeout }), now());
    },
  };
}

/**
 * The statuses for a wrong address or key. A redirect counts as wrong, too: it could hand the message to somebody else.
 */
const WRONG = [401, 403, 404, 410];

function deliveryOf(sent: HttpExchange, now: EpochMs): ChannelAnswer {
  if (sent.kind === 'no-answer') return { kind: 'busy', message: sent.message };
  const { status, headers, text = '' } = sent;
  const words = visible(clipped(text, LONGEST_ANSWER).trim());
  const message = `it answered ${status}${words === '' ? '' : ` (${words})`}`;
  if (status >= 200 && status < 300) return { kind: 'taken', message };
  if (status === 429 || status === 408 || status >= 500) {
    return { kind: 'busy', message, ...definedFields({ retryAfter: retryAfterIn(headers, now) }) };
  }
  return { kind: status < 400 || WRONG.includes(status) ? 'wrong' : 'refused', message };
}
