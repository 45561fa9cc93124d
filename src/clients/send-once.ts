import type { ClientRequest, IncomingMessage } from 'node:http';
import type { HttpExchange, HttpRequest, NoAnswer, Transport } from './http-exchange.ts';
import { createTransports, LARGEST_ANSWER_BYTES, noAnswer, parseJson, TOO_LARGE } from './http-exchange.ts';

type Settle = (outcome: HttpExchange) => void;
type Fail = (outcome: NoAnswer) => void;

/**
 * The connections of `sendOnce`. `exchange` (http-exchange.ts) has others. So the POST that starts a reload uses no
 * connection that a GET to Qlik left open. Qlik may have closed that connection, and then nobody would know whether the
 * POST arrived.
 */
const transportTo = createTransports();

/**
 * One HTTP call over Node's own client, sent once. It is for calls that actions make often: those to CouchDB and
 * OpenWhisk, and the POST that starts a reload in Qlik. Such a call takes 1.2 ms of processor time, and 2.9 ms by
 * node-fetch (docs/decisions.md).
 *
 * Redirects are not followed. When the promise settles, nothing is in flight.
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

/**
 * Waits for the answer, at most `timeoutMs`. If it gives up, it destroys the request, so that nothing stays in flight.
 */
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

/**
 * Returns a function that says whether a request has got its connection. With TLS, that is after the handshake. Before
 * that, nothing of the request is sent.
 */
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

/** Reads the answer's body, up to `LARGEST_ANSWER_BYTES`. */
function collect(response: IncomingMessage, settle: Settle, fail: Fail): void {
  // The header alone says that the answer is too large: none of its body is read.
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
  // 0, because `follow` has the timer: this is never the error of a time-out.
  response.on('error', (error) => fail(noAnswer(error, 0)));
  response.on('end', () => {
    const { statusCode: status = 0, headers } = response;
    const get = (name: string): string | null => [headers[name]].flat().join(', ') || null;
    settle({ kind: 'answered', status, headers: { get }, json: parseJson(Buffer.concat(chunks).toString()), bytes });
  });
}
