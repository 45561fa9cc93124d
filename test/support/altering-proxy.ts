import http, { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** A request. The proxy reads it to its end, so that a rule can change any part of it. */
export interface HttpRequest {
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Alters requests or answers. What it returns unchanged goes through as it is. */
export interface Rule {
  /** Returns the request to send instead, or `drop` to cut the connection before the target sees the request. */
  readonly request?: (request: HttpRequest) => HttpRequest | 'drop' | Promise<HttpRequest | 'drop'>;
  /** Returns the answer to give instead, or `drop` to cut the connection after the target did its work. */
  readonly answer?: (answer: HttpAnswer, request: HttpRequest) => HttpAnswer | 'drop';
}

export interface AlteringProxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a proxy on a free port of 127.0.0.1. It forwards to the origin `target`, and one rule alters what passes. The
 * target sees the proxy's Host.
 */
export async function startAlteringProxy(target: string, rule: Rule): Promise<AlteringProxy> {
  const server = createServer((request, response) => {
    void pass(request, response, target, rule).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The same answer with another status. */
export function withStatus(answer: HttpAnswer, status: number): HttpAnswer {
  return { ...answer, status };
}

/** The same message with a header set, or removed (`undefined`). Names are in lower case. */
export function withHeader<M extends HttpRequest | HttpAnswer>(message: M, name: string, value: string | undefined): M {
  return { ...message, headers: { ...message.headers, [name]: value } };
}

/**
 * The same message with its JSON body as `edit` changes or returns it. It throws if the body is no JSON. The proxy then
 * cuts the connection.
 */
// biome-ignore lint/suspicious/noExplicitAny: an edit reaches into bodies whose shape only the test knows
export function withJson<M extends HttpRequest | HttpAnswer>(message: M, edit: (body: any) => unknown): M {
  const body: unknown = JSON.parse(message.body.toString('utf8'));
  return { ...message, body: Buffer.from(JSON.stringify(edit(body) ?? body), 'utf8') };
}

async function pass(incoming: IncomingMessage, response: ServerResponse, target: string, rule: Rule): Promise<void> {
  const { method = 'GET', url: path = '/' } = incoming;
  const asked: HttpRequest = { method, path, headers: headersOf(incoming), body: await readAll(incoming) };
  const forwarded = rule.request === undefined ? asked : await rule.request(asked);
  const answer = forwarded === 'drop' ? 'drop' : await forward(forwarded, target);
  const told = answer === 'drop' || rule.answer === undefined ? answer : rule.answer(answer, asked);
  if (told === 'drop') {
    response.destroy();
    return;
  }
  response.writeHead(told.status, framed(told, told.status === 204 || told.status === 304));
  response.end(told.body);
}

function forward(request: HttpRequest, target: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { method, path, body } = request;
    const { protocol, hostname, port } = new URL(target);
    const { request: send } = protocol === 'https:' ? https : http;
    const outgoing = send({ hostname, port, method, path, headers: framed(request, false), agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const { statusCode: status = 0 } = incoming;
      readAll(incoming).then((bytes) => resolve({ status, headers: headersOf(incoming), body: bytes }), reject);
    });
    outgoing.end(body);
  });
}

/** The headers with the length of the body, which may have been altered. */
function framed(message: HttpRequest | HttpAnswer, isBodyless: boolean): Record<string, string | string[]> {
  const { connection: _connection, 'transfer-encoding': encoding, 'content-length': length, ...rest } = message.headers;
  const kept = Object.entries(rest).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined);
  // The proxy sends a chunked request on as one chunk.
  if ('method' in message && encoding === 'chunked') {
    return { ...Object.fromEntries(kept), 'transfer-encoding': encoding };
  }
  const needsLength = !isBodyless && (message.body.length > 0 || length !== undefined);
  return { ...Object.fromEntries(kept), ...(needsLength ? { 'content-length': String(message.body.length) } : {}) };
}

/** Each header as it came. A header that was sent twice has two values, not one joined value. */
function headersOf({ headersDistinct }: IncomingMessage): HttpRequest['headers'] {
  return Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values = []]) => [name, values.length === 1 ? values[0] : values]),
  );
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
