/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file is its HTTP server. It passes each request to the REST API, to a web action, or to the few calls
 * that ask about the host itself.
 */

import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { newId } from './activations.ts';
import { ChunkTooLarge, HostError, jsonAnswer, openCors, type RestAnswer, text } from './answer.ts';
import type { RestCall } from './call.ts';
import { watchChunks } from './chunk-sizes.ts';
import { isOwnName } from './doors.ts';
import type { Host } from './host.ts';
import { serveFacts } from './routes/host-facts.ts';
import { serveRest } from './routes/rest.ts';
import { serveWeb, webError } from './web/serve-web.ts';
import { ArrayResult } from './web/web-response.ts';

// Longer than clients usually keep an idle connection. If the host closed the connection first, it might do so just
// when a request arrives on it.
const KEEP_ALIVE_MS = 75_000;

/** Makes `server`, which already listens, answer for `host`. */
export function serveHost(server: http.Server, host: Host): void {
  watchChunks(server);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('request', async (request, response) => {
    const call = readCall(host, request);
    send(call, response, await answer(call));
  });
}

function readCall(host: Host, request: IncomingMessage): RestCall {
  const [path = '/', ...queryParts] = (request.url ?? '/').split('?');
  const rawQuery = queryParts.join('?');
  const id = request.headers['x-request-id'];
  return {
    host,
    request,
    method: request.method ?? 'GET',
    rawSegments: path.split('/').slice(1),
    rawQuery,
    query: new URLSearchParams(rawQuery),
    transactionId: typeof id === 'string' && id !== '' ? id : newId(),
  };
}

const areaOf = ({ rawSegments }: RestCall): string => rawSegments.slice(0, 3).join('/');
const isWeb = (call: RestCall): boolean => areaOf(call) === 'api/v1/web';
const isRest = (call: RestCall): boolean => areaOf(call) === 'api/v1/namespaces';

async function answer(call: RestCall): Promise<RestAnswer> {
  try {
    return await dispatch(call);
  } catch (error) {
    if (error instanceof ChunkTooLarge) return text(400, error.message);
    if (!(error instanceof HostError)) return { ...internalError(error), lacksRequestId: isWeb(call) };
    if (isWeb(call)) return webError(call, error);
    return jsonAnswer(error.status, { code: call.transactionId, error: error.message }, Object.entries(error.headers));
  }
}

function internalError(error: unknown): RestAnswer {
  const hasCallerLeft = error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
  // A real host, too, fails if an action's result is an array. A caller that leaves is no failure. Any other error is a
  // bug of this host, so it is printed.
  if (!hasCallerLeft && !(error instanceof ArrayResult)) console.error(error);
  return text(500, 'There was an internal server error.');
}

async function dispatch(call: RestCall): Promise<RestAnswer> {
  const { host = '' } = call.request.headers;
  // Another name may mean DNS rebinding: a web page has made its own name point to this machine.
  if (!isOwnName(host, call.host.doors)) throw new HostError(403, 'This host does not answer to that name.');
  if (isWeb(call)) return serveWeb(call);
  if (isRest(call)) return serveRest(call);
  return serveFacts(call);
}

function send(call: RestCall, response: ServerResponse, { status, headers, body, lacksRequestId }: RestAnswer): void {
  // The connection can serve the next request only after the body is read. So the rest of the body is read and dropped.
  call.request.resume();
  for (const [name, value] of [...(isRest(call) ? openCors('GET, DELETE, POST, PUT, HEAD') : []), ...headers]) {
    if (isSendable(name, value)) response.appendHeader(name, value);
  }
  if (lacksRequestId !== true) response.setHeader('x-request-id', call.transactionId);
  if (status !== 204) response.setHeader('content-length', Buffer.byteLength(body));
  response.writeHead(status);
  response.end(body);
}

/** Whether a header can be sent. An action may choose any; the server itself sets the headers that frame the answer. */
function isSendable(name: string, value: string): boolean {
  if (['content-length', 'transfer-encoding', 'connection'].includes(name.toLowerCase())) return false;
  try {
    http.validateHeaderName(name);
    http.validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
