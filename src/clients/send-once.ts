import type { ClientRequest, IncomingMessage } from 'node:http';
import type { HttpExchange, HttpRequest, NoAnswer, Transport } from './http-exchange.ts';
import { createTransports, LARGEST_ANSWER_BYTES, noAnswer, parseJson, TOO_LARGE } from './http-exchange.ts';

type Settle = (outcome: HttpExchange) => void;
type Fail = (outcome: NoAnswer) => void;

/**
 * Not the transports of `exchange`: the POST that starts a reload uses no connection that a GET left open. The server may
 * have closed that one, and then nobody knows whether the POST arrived.
 */
const transportTo = createTransports();

/**
 * One call over Node's own HTTP client, sent once; redirects are not followed. When it settles, nothing is in flight.
 *
 * For the calls of the hot path: node-fetch takes 2.9 ms of processor time for a call, this 1.2, and fifty calls at once
 * share two cores (docs/decisions.md).
 */
export async function sendOnce(request: HttpRequest): Promise<HttpExchange> {
  const transport = await transportTo(request.url);
  return new Promise((resolve) => {
    try {
      follow(send(request, transport), request.timeout, resolve);
    } catch (error) {
      resolve(noAnswer(error, request.timeout));
    }
  });
}

/** @throws for a URL or a header that cannot be sent. */
function send({ method, url, headers, json }: HttpRequest, { request, agent }: Transport): ClientRequest {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const about = body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return request(url, { method, agent, headers: { accept: 'application/json', ...about, ...headers } }).end(body);
}

function follow(sent: ClientRequest, timeoutMs: number, resolve: Settle): void {
  const isConnected = connectionOf(sent);
  const timer = setTimeout(() => fail({ kind: 'no-answer', message: `no answer within ${timeoutMs} ms` }), timeoutMs);
  const settle: Settle = (outcome) => {
    clearTimeout(timer);
    resolve(outcome);
  };
  const fail: Fail = (outcome) => {
    settle({ ...outcome, ...(!isConnected() && { wasNotSent: true }) });
    sent.destroy();
  };
  sent.on('error', (error) => {
    fail({ ...noAnswer(error, timeoutMs), ...(isReset(error) && sent.reusedSocket && { wasStale: true }) });
  });
  sent.on('response', (response) => collect(response, settle, fail));
}

/** Says whether a request has its connection, TLS's handshake included: before that, none of it is sent. */
function connectionOf(sent: ClientRequest): () => boolean {
  let isConnected = false;
  const connected = (): void => {
    isConnected = true;
  };
  sent.on('socket', (socket) => {
    if (sent.reusedSocket || !socket.connecting) connected();
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
  });
  return () => isConnected;
}

const isReset = ({ code }: NodeJS.ErrnoException): boolean => code === 'ECONNRESET' || code === 'EPIPE';

function collect(response: IncomingMessage, settle: Settle, fail: Fail): void {
  // The header alone says that it is too large: none of the body is read.
  if (Number(response.headers['content-length']) > LARGEST_ANSWER_BYTES) {
    fail(TOO_LARGE);
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > LARGEST_ANSWER_BYTES) fail(TOO_LARGE);
  });
  response.on('error', (error) => fail(noAnswer(error, 0)));
  response.on('end', () => {
    const { statusCode: status = 0, headers } = response;
    const get = (name: string): string | null => [headers[name]].flat().join(', ') || null;
    settle({ kind: 'answered', status, headers: { get }, json: parseJson(Buffer.concat(chunks).toString()), bytes });
  });
}
