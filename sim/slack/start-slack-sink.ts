/*
 * A sink takes the messages that Cascade sends to people, so that `npm start` and the tests send none to real people.
 * It keeps the messages, and anybody can look at them. This file imitates Slack.
 */

import type { TenantAnswer } from '../http/answer.ts';
import { isObject } from '../http/call.ts';
import { type SinkCall, type SinkTaken, startSink } from '../sinks/start-sink.ts';
import { hasInvalidBlocks } from './check-blocks.ts';

/** One message that the sink took. */
export interface SlackPost {
  /** Which webhook: the path below `/services/`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SlackSink {
  /** The address to post to. The sink also accepts any other path below `/services/`. */
  readonly url: string;
  /** The start of the control interface's addresses, `<origin>/_sim/messages` and `<origin>/_sim/faults`. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Starts an imitation of Slack's incoming webhooks on 127.0.0.1. It checks the blocks of messages by Slack's published
 * limits, and answers in Slack's words, which are plain text. It keeps the messages, and fails on demand.
 *
 * @param port - 0 = any free port. If the port is in use, the promise rejects with an Error whose `code` is
 *   `EADDRINUSE`.
 * @param onMessage - gets each message that the sink takes.
 */
export async function startSlackSink({
  port = 0,
  onMessage = () => {},
}: {
  readonly port?: number;
  readonly onMessage?: (message: SlackPost) => void;
} = {}): Promise<SlackSink> {
  const { origin, close } = await startSink<SlackPost>(port, {
    refuse,
    take: (call) => {
      const taken = take(call);
      if ('kept' in taken) onMessage(taken.kept);
      return taken;
    },
    fail: ({ status, body, headers }) => slackAnswer(status, body, headers),
  });
  return { url: `${origin}/services/T000/B000/simulated`, origin, close };
}

function refuse({ method, path }: SinkCall): TenantAnswer | undefined {
  if (!path.startsWith('/services/')) return slackAnswer(404, 'no_service');
  return method === 'POST' ? undefined : slackAnswer(405, 'invalid_method');
}

function take({ path, body }: SinkCall): SinkTaken<SlackPost> {
  if (!isObject(body)) return { answer: slackAnswer(400, 'invalid_payload') };
  const hasText = typeof body['text'] === 'string' && body['text'] !== '';
  const hasContent = hasText || Array.isArray(body['blocks']) || Array.isArray(body['attachments']);
  if (!hasContent) return { answer: slackAnswer(400, 'no_text') };
  if (hasInvalidBlocks(body['blocks'])) return { answer: slackAnswer(400, 'invalid_blocks') };
  return { answer: slackAnswer(200, 'ok'), kept: { path: path.slice('/services/'.length), body } };
}

function slackAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): TenantAnswer {
  return { status, text, headers: { 'Content-Type': 'text/html', ...headers } };
}
