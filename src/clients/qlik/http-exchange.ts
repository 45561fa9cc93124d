import http, { type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { DurationMs } from '../../core/units.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
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
      readonly headers: IncomingHttpHeaders;
      readonly json: unknown;
    }
  | { readonly kind: 'no-answer'; readonly message: string };

const LARGEST_ANSWER_BYTES = 4 * 1024 * 1024;

// Kept while the container lives; no cap on sockets, so that no request waits in a queue of the agent's.
const transports = {
  'http:': { request: http.request, agent: new http.Agent({ keepAlive: true }) },
  'https:': { request: https.request, agent: new https.Agent({ keepAlive: true }) },
};

/**
 * One HTTP exchange, never repeated, redirects not followed. When it settles the request is over: giving up destroys its
 * socket, since a frozen container would send what is in flight hours later.
 *
 * Node's own client: node-fetch takes twice the time of a whole first run, and most of a warm one's (docs/decisions.md).
 */
export function exchange(request: HttpRequest): Promise<HttpExchange> {
  return new Promise((resolve) => {
    try {
      follow(send(request), request.timeout, resolve);
    } catch (error) {
      resolve(noAnswer(error));
    }
  });
}

/** @throws for a URL or a header that cannot be sent. */
function send({ method, url, headers, json }: HttpRequest): ClientRequest {
  const { request, agent } = transports[new URL(url).protocol as keyof typeof transports];
  const type = json && { 'content-type': 'application/json' };
  const sent = request(url, {
    method,
    agent,
    headers: { accept: 'application/json', 'user-agent': 'cascade', ...type, ...headers },
  });
  return sent.end(json && JSON.stringify(json));
}

function follow(sent: ClientRequest, timeout: DurationMs, resolve: (outcome: HttpExchange) => void): void {
  const settle = (outcome: HttpExchange): void => {
    clearTimeout(timer);
    resolve(outcome);
  };
  const fail = (outcome: HttpExchange): void => {
    settle(outcome);
    sent.destroy();
  };
  const timer = setTimeout(() => fail({ kind: 'no-answer', message: `no answer within ${timeout} ms` }), timeout);
  sent.on('error', (error) => fail(noAnswer(error)));
  sent.on('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > LARGEST_ANSWER_BYTES)
        fail({ kind: 'no-answer', message: `no answer of at most ${LARGEST_ANSWER_BYTES} bytes` });
      else chunks.push(chunk);
    });
    response.on('error', (error) => fail(noAnswer(error)));
    response.on('end', () => {
      const { statusCode: status = 0, headers } = response;
      settle({ kind: 'answered', status, headers, json: parse(Buffer.concat(chunks).toString()) });
    });
  });
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** By code alone: an HTTP client's message repeats the URL, and its error object the request's headers. */
function noAnswer(error: unknown): HttpExchange {
  const { name, code } = error as { name?: string; code?: string };
  return { kind: 'no-answer', message: `no answer (${code ?? name ?? 'unknown error'})` };
}
