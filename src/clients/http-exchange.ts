import { Agent } from 'node:http';
import { parseOutsideJson } from '../core/outside-text.ts';
import type { DurationMs } from '../core/units.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: object;
  readonly timeout: DurationMs;
}

/** An answer, whole; or why there is none. */
export type HttpExchange =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Headers;
      readonly json: unknown;
      /** Of its body; told by `sendOnce`. */
      readonly bytes?: number;
    }
  | {
      readonly kind: 'no-answer';
      readonly message: string;
      /** The connection had been kept from an earlier call and was dead: likely, not surely, nothing arrived. */
      readonly wasStale?: true;
      /** There was an answer, of more than `LARGEST_ANSWER_BYTES`. */
      readonly isTooLarge?: true;
      /** There never was a connection to send the request by: certainly nothing arrived. */
      readonly wasNotSent?: true;
    };

type Headers = { get(name: string): string | null };

/**
 * How connections are kept while the container lives: no cap on sockets, so that no request waits in a queue of the
 * agent's; closed when idle for so long, before the other side or something in between does.
 */
export const KEPT = { keepAlive: true, timeout: 30_000 } as const;

/**
 * A page of reloads has a few hundred kB. Lists that are larger are read in pages that fit (qlik/pages-that-fit.ts,
 * couchdb/read-in-pages.ts).
 */
export const LARGEST_ANSWER_BYTES = 4 * 1024 * 1024;

/** What is said of an answer that is larger. */
export const TOO_LARGE = {
  kind: 'no-answer',
  message: `no answer of at most ${LARGEST_ANSWER_BYTES} bytes`,
  isTooLarge: true,
} as const;

const plainAgent = new Agent(KEPT);
let secureAgent: Agent | undefined;

/**
 * One HTTP exchange, never repeated, redirects not followed. When it settles the request is over: aborting destroys its
 * socket, since a frozen container would send what is in flight hours later.
 */
export async function exchange({ method, url, headers, json, timeout }: HttpRequest): Promise<HttpExchange> {
  try {
    // Loaded when it is needed first: most runs of `reload` make no call but the POST (send-once.ts).
    const { default: fetch } = await import('node-fetch');
    const https = await import('node:https');
    secureAgent ??= new https.Agent(KEPT);
    const response = await fetch(url, {
      method,
      headers: { accept: 'application/json', ...(json && { 'content-type': 'application/json' }), ...headers },
      ...(json && { body: JSON.stringify(json) }),
      redirect: 'manual',
      size: LARGEST_ANSWER_BYTES,
      signal: AbortSignal.timeout(timeout),
      agent: ({ protocol }) => (protocol === 'https:' ? secureAgent : plainAgent),
    });
    return {
      kind: 'answered',
      status: response.status,
      headers: response.headers,
      json: parseJson(await response.text()),
    };
  } catch (error) {
    return noAnswer(error, timeout);
  }
}

/** An answer's text as JSON, in well-formed Unicode; undefined if it is none. */
export const parseJson = (text: string): unknown => {
  try {
    return parseOutsideJson(text);
  } catch {
    return undefined;
  }
};

/** Why there is no answer, by code alone: an HTTP client's message repeats the URL, and its error the request's headers. */
export function noAnswer(error: unknown, timeoutMs: number): HttpExchange {
  const { name, code, type } = error as { name?: string; code?: string; type?: string };
  // node-fetch's word for an answer above `size`.
  if (type === 'max-size') return TOO_LARGE;
  if (name === 'AbortError' || name === 'TimeoutError') {
    return { kind: 'no-answer', message: `no answer within ${timeoutMs} ms` };
  }
  return { kind: 'no-answer', message: `no answer (${code ?? name ?? 'unknown error'})` };
}
