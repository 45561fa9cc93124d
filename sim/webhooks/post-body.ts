import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { gunzipSync } from 'node:zlib';
import type { Clock } from '../clock.ts';
import type { Outside } from '../outside.ts';

/** What came of one POST: an answer, or why there was none. */
export type PostResult =
  | {
      readonly kind: 'answer';
      readonly statusCode: number;
      readonly statusText: string;
      readonly headers: Headers;
      readonly body: string;
    }
  | { readonly kind: 'no-answer'; readonly reason: string };
type Headers = Readonly<Record<string, string>>;

/** What is wrong with the wire: it is cut when half of the body is sent, or the other half comes `ms` later. */
export type WireFault = { readonly kind: 'cut' } | { readonly kind: 'slow'; readonly ms: number };

export interface WebhookPost {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Buffer;
  readonly timeoutMs: number;
  readonly wire: WireFault | undefined;
}

export interface PostPorts {
  readonly clock: Clock;
  readonly outside: Outside;
  /** Ends all posts under way. */
  readonly signal: AbortSignal;
}

/** Bytes of an answer that are kept; the rest is read and forgotten. */
const KEPT_BYTES = 65_536;

/** Posts exactly these bytes and reads the answer; follows no redirect, never rejects, gives up after `timeoutMs` or on the signal. */
export async function postBody(post: WebhookPost, ports: PostPorts): Promise<PostResult> {
  try {
    const response = await exchange(post, ports);
    const headers = joinHeaders(response.headers);
    const body = readText(response.bytes, headers['content-encoding']);
    return { kind: 'answer', statusCode: response.statusCode, statusText: response.statusText, headers, body };
  } catch (error) {
    return { kind: 'no-answer', reason: error instanceof Error ? error.message : String(error) };
  }
}

interface Response {
  readonly statusCode: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

function exchange(post: WebhookPost, { clock, outside, signal }: PostPorts): Promise<Response> {
  return new Promise((resolve, reject) => {
    const send = new URL(post.url).protocol === 'https:' ? requestHttps : requestHttp;
    // A connection of its own: one that a receiver closes while idle must not look like a failed delivery.
    const request = send(post.url, { method: 'POST', headers: post.headers, agent: false, signal });
    const ended = new Promise<void>((end) => request.once('close', end));
    const later = (ms: number, work: () => void): void => {
      const cancel = clock.after(ms, () => {
        work();
        outside.waitFor(ended);
      });
      request.once('close', cancel);
    };
    later(post.timeoutMs, () => request.destroy(new Error(`no answer within ${post.timeoutMs} ms`)));
    request.on('error', reject);
    request.on('response', (response) => readResponse(response, resolve, reject));
    sendBody(request, post, later);
  });
}

function sendBody(
  request: ClientRequest,
  { body, wire }: WebhookPost,
  later: (ms: number, work: () => void) => void,
): void {
  if (wire === undefined) {
    request.end(body);
    return;
  }
  const half = body.length >> 1;
  if (wire.kind === 'slow') later(wire.ms, () => request.end(body.subarray(half)));
  request.write(body.subarray(0, half), () => {
    if (wire.kind === 'cut') request.destroy(new Error('the connection was cut'));
  });
}

function readResponse(
  response: IncomingMessage,
  resolve: (response: Response) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    if (bytes < KEPT_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  });
  response.on('error', reject);
  response.on('end', () => {
    const { statusCode = 0, statusMessage: statusText = '', headers } = response;
    resolve({ statusCode, statusText, headers, bytes: Buffer.concat(chunks) });
  });
}

function joinHeaders(headers: IncomingHttpHeaders): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function readText(bytes: Buffer, encoding: string | undefined): string {
  if (encoding !== 'gzip') return bytes.subarray(0, KEPT_BYTES).toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: 16 * KEPT_BYTES })
      .subarray(0, KEPT_BYTES)
      .toString('utf8');
  } catch {
    return '';
  }
}
