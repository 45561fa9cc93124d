/*
 * HTTP calls, and what may come of them. A call does not throw: if there is no answer, its result says what is known
 * about that. Cascade has to know it, because a request without an answer may still have started a reload.
 *
 * - `exchange` is for calls that an action makes seldom, such as most calls to Qlik, and messages to Slack.
 * - `exchangeTail` (exchange-tail.ts) reads only the end of a log.
 * - `sendOnce` (send-once.ts) is for calls that are made often, as to CouchDB, and for the POST that starts a reload.
 */

import http from 'node:http';
import { clipped, LONGEST_WORD, parseOutsideJson } from '../core/outside-text.ts';
import type { DurationMs } from '../core/units.ts';

/** An HTTP request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, sent as JSON. */
  readonly json?: object | string;
  readonly timeout: DurationMs;
}

/** A whole answer, or why there is none. */
export type HttpExchange =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: { get(name: string): string | null };
      /** The body as JSON, in well-formed Unicode; undefined if it is not JSON. */
      readonly json: unknown;
      /** The first 200 characters of the body from `exchange`, its end from `exchangeTail`. Absent from `sendOnce`. */
      readonly text?: string;
      /** The size of the body. Only `sendOnce` measures it. */
      readonly bytes?: number;
    }
  | {
      readonly kind: 'no-answer';
      readonly message: string;
      /**
       * The request used a connection that an earlier call had left open, and that was dead: probably nothing arrived.
       * Only `sendOnce` knows this.
       */
      readonly wasStale?: true;
      /** There was an answer, which is too large to be read. */
      readonly isTooLarge?: true;
      /** No connection was made: certainly nothing arrived. Only `sendOnce` knows this. */
      readonly wasNotSent?: true;
    };

/** Why there is no answer. */
export type NoAnswer = Extract<HttpExchange, { kind: 'no-answer' }>;

/**
 * How connections are kept for later runs of an action in the same process. There is no cap on sockets, so no request
 * waits in the agent's queue. An idle socket is closed after 30 s, usually before the other side or a proxy closes it.
 */
const KEPT = { keepAlive: true, timeout: 30_000 } as const;

/**
 * The largest answer that `exchange` and `sendOnce` read. A page of reloads has a few hundred kB. A list with a larger
 * answer is read in smaller pages (qlik/pages-that-fit.ts, couchdb/read-in-pages.ts).
 */
export const LARGEST_ANSWER_BYTES = 4 * 1024 * 1024;

/** The outcome of a call with an answer of more than `LARGEST_ANSWER_BYTES`. */
export const TOO_LARGE = {
  kind: 'no-answer',
  message: `no answer of at most ${LARGEST_ANSWER_BYTES} bytes`,
  isTooLarge: true,
} as const;

/** Node's HTTP client, and the connections that are kept. */
export interface Transport {
  readonly request: typeof http.request;
  readonly agent: http.Agent;
}

/** Makes a function that gives the transport for a URL. Each such function has its own connections. */
export function createTransports(): (url: string) => Promise<Transport> {
  const plain: Transport = { request: http.request, agent: new http.Agent(KEPT) };
  let secure: Transport | undefined;
  return async (url) => {
    if (!/^https:/i.test(url)) return plain;
    if (secure === undefined) {
      // Loaded only if it is needed: TLS takes 3 ms of a cold start.
      const { Agent, request } = await import('node:https');
      secure ??= { request, agent: new Agent(KEPT) };
    }
    return secure;
  };
}

/** The connections of `exchange` and `exchangeTail`. */
export const transportTo = createTransports();

/**
 * One HTTP call, sent once by node-fetch. Redirects are not followed.
 *
 * When the promise settles, nothing is in flight. A socket that is given up is destroyed. Otherwise OpenWhisk could
 * freeze the process, and the process would send the rest of the request hours later.
 */
export async function exchange({ method, url, headers, json, timeout }: HttpRequest): Promise<HttpExchange> {
  try {
    // Loaded only if it is needed: most runs of the action `reload` make no other call to Qlik than a POST by
    // send-once.ts.
    const { default: fetch } = await import('node-fetch');
    const { agent } = await transportTo(url);
    const response = await fetch(url, {
      method,
      headers: { accept: 'application/json', ...(json && { 'content-type': 'application/json' }), ...headers },
      ...(json && { body: JSON.stringify(json) }),
      redirect: 'manual',
      size: LARGEST_ANSWER_BYTES,
      signal: AbortSignal.timeout(timeout),
      agent,
    });
    const body = await response.text();
    return {
      kind: 'answered',
      status: response.status,
      headers: response.headers,
      json: parseJson(body),
      text: clipped(body, LONGEST_WORD),
    };
  } catch (error) {
    return noAnswer(error, timeout);
  }
}

/** An answer's text as JSON, in well-formed Unicode; undefined if it is not JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return parseOutsideJson(text);
  } catch {
    return undefined;
  }
};

/**
 * Turns the error of a failed call into the call's result. Of the error, the result repeats only the code or the name.
 * The error's message may repeat the URL, and its other fields may repeat the request's headers, which hold secrets.
 */
export function noAnswer(error: unknown, timeoutMs: number): NoAnswer {
  const { name, code, type } = error as { name?: string; code?: string; type?: string };
  // node-fetch's word for an answer that is larger than `size`.
  if (type === 'max-size') return TOO_LARGE;
  if (name === 'AbortError' || name === 'TimeoutError') {
    return { kind: 'no-answer', message: `no answer within ${timeoutMs} ms` };
  }
  return { kind: 'no-answer', message: `no answer (${code ?? name ?? 'unknown error'})` };
}
