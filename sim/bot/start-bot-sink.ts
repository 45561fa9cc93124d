/*
 * A sink takes the messages that Cascade sends to people, so that `npm start` and the tests send none to real people.
 * It keeps the messages, and anybody can look at them. This file imitates a bot that takes signed webhooks.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { TenantAnswer } from '../http/answer.ts';
import { isObject } from '../http/call.ts';
import { type SinkCall, type SinkTaken, startSink } from '../sinks/start-sink.ts';

/** One message that the bot took. */
export interface BotPost {
  /** The header `webhook-id`. It is the same for all attempts to send one message. */
  readonly id: string;
  /** How often the bot has taken a message of this id, this one included. */
  readonly times: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A bot that runs. */
export interface BotSink {
  /** Where to post to. */
  readonly url: string;
  /** Where the control interface is: `<origin>/_sim/messages` and `/_sim/faults`. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Five minutes, in seconds: how far the time of a message may be from the bot's clock. */
const TOLERANCE_SECONDS = 300;

/**
 * Starts a bot on 127.0.0.1 that takes webhooks by the Standard Webhooks specification. The bot answers 401 to a
 * message that is not signed with `secret` (`whsec_` and base64), or whose time is more than five minutes from
 * `nowMs()`. Rejects with an Error whose `code` is `EADDRINUSE` if `port` (0 = any free one) is taken.
 */
export async function startBotSink(options: {
  readonly secret: string;
  readonly port?: number;
  readonly nowMs?: () => number;
}): Promise<BotSink> {
  const { secret, port = 0, nowMs = Date.now } = options;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const times = new Map<string, number>();

  const { origin, close } = await startSink<BotPost>(port, {
    refuse: ({ method, path }) => {
      if (path !== '/bot') return botAnswer(404, 'There is no such bot.');
      return method === 'POST' ? undefined : botAnswer(405, 'Only POST.');
    },
    take,
    fail: ({ status, body, headers }) => ({ ...botAnswer(status, body), headers }),
  });
  return { url: `${origin}/bot`, origin, close };

  function take({ headers, raw, body }: SinkCall): SinkTaken<BotPost> {
    const id = oneHeader(headers, 'webhook-id');
    const timestamp = oneHeader(headers, 'webhook-timestamp');
    const signatures = oneHeader(headers, 'webhook-signature');
    const isInTime = Math.abs(nowMs() / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS;
    const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(raw).digest();
    const isSigned = signatures.split(' ').some((each) => isSignature(each, digest));
    if (id === '' || !isInTime || !isSigned) return { answer: botAnswer(401, 'The signature does not fit.') };
    if (!isObject(body)) return { answer: botAnswer(400, 'The body is no JSON object.') };
    const seen = (times.get(id) ?? 0) + 1;
    times.set(id, seen);
    return { answer: botAnswer(200, 'ok'), kept: { id, times: seen, body } };
  }
}

/** Whether `text` is a version 1 signature (`v1,` and base64) of this digest. */
function isSignature(text: string, digest: Buffer): boolean {
  const [version, value = ''] = text.split(',');
  const bytes = Buffer.from(value, 'base64');
  return version === 'v1' && bytes.length === digest.length && timingSafeEqual(bytes, digest);
}

function oneHeader(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function botAnswer(status: number, text: string): TenantAnswer {
  return { status, text };
}
