/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A delivery sends an
 * event to a webhook. This file makes the HTTP request.
 */

import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { gunzipSync } from 'node:zlib';
import type { Clock } from '../clock.ts';
import type { Outside } from '../outside.ts';

/** How one POST ended: with an answer, or the reason why there is none. */
export type PostResult =
  | {
      readonly kind: 'answer';
      readonly statusText: string;
      readonly response: { readonly statusCode: number; readonly headers: Headers; readonly body: string };
    }
  | { readonly kind: 'no-answer'; readonly reason: string };
type Headers = Readonly<Record<string, string>>;

/**
 * A fault of the connection. `cut`: it is cut when half of the body is sent. `slow`: the second half is sent `ms`
 * later.
 */
export type WireFault = { readonly kind: 'cut' } | { readonly kind: 'slow'; readonly ms: number };

/** The request to make. */
export interface WebhookPost {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly timeoutMs: number;
  readonly wire: WireFault | undefined;
}

export interface PostPorts {
  readonly clock: Clock;
  readonly outside: Outside;
  /** When it is aborted, all posts end. */
  readonly signal: AbortSignal;
}

/**
 * How many bytes of an answer are kept: 64 KiB, so that a huge answer takes little memory. The rest is read and
 * dropped.
 */
const KEPT_BYTES = 65_536;

/**
 * Posts a body in UTF-8, and reads the answer. It follows no redirect. It gives up after `timeoutMs` of the tenant's
 * clock, or when the signal is aborted. It does not reject: a failure is a result, too.
 */
export async function postBody(post: WebhookPost, ports: PostPorts): Promise<PostResult> {
  try {
    const [message, bytes] = await exchange(post, ports);
    const { statusCode = 0, statusMessage: statusText = '' } = message;
    const entries = Object.entries(message.headers).map(([name, value]) => [name, String(value)] as const);
    const body = readText(bytes, message.headers['content-encoding']);
    return { kind: 'answer', statusText, response: { statusCode, headers: Object.fromEntries(entries), body } };
  } catch (error) {
    return { kind: 'no-answer', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Sends the request. Resolves with the answer and the first bytes of its body. */
function exchange(post: WebhookPost, { clock, outside, signal }: PostPorts): Promise<[IncomingMessage, Buffer]> {
  return new Promise((resolve, reject) => {
    const send = new URL(post.url).protocol === 'https:' ? requestHttps : requestHttp;
    // Each request has a connection of its own. On an idle connection a request could fail, because the receiver may
    // just be closing the connection.
    const request = send(post.url, { method: 'POST', headers: post.headers, agent: false, signal });
    const ended = new Promise<void>((end) => request.once('close', end));
    const later = (ms: number, work: () => void): void => {
      const cancel = clock.after(ms, () => {
        work();
        // The clock may have stopped waiting for the request, which `work` has just moved on.
        outside.waitFor(ended);
      });
      request.once('close', cancel);
    };
    later(post.timeoutMs, () => request.destroy(new Error(`no answer within ${post.timeoutMs} ms`)));
    request.on('error', reject);
    request.on('response', (message) => readStart(message).then((bytes) => resolve([message, bytes]), reject));
    sendBody(request, post, later);
  });
}

function sendBody(
  request: ClientRequest,
  { body, wire }: WebhookPost,
  later: (ms: number, work: () => void) => void,
): void {
  const bytes = Buffer.from(body, 'utf8');
  if (wire === undefined) {
    request.end(bytes);
    return;
  }
  const half = bytes.length >> 1;
  if (wire.kind === 'slow') later(wire.ms, () => request.end(bytes.subarray(half)));
  request.write(bytes.subarray(0, half), () => {
    if (wire.kind === 'cut') request.destroy(new Error('the connection was cut'));
  });
}

/** Reads the whole answer, and returns its first bytes. */
async function readStart(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    if (bytes < KEPT_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks);
}

function readText(bytes: Buffer, encoding: string | undefined): string {
  try {
    // If an answer cannot be unpacked, or unpacks to more than 1 MiB, the record shows no body.
    const plain = encoding === 'gzip' ? gunzipSync(bytes, { maxOutputLength: 16 * KEPT_BYTES }) : bytes;
    return plain.subarray(0, KEPT_BYTES).toString('utf8');
  } catch {
    return '';
  }
}
