/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file is its HTTP
 * server.
 */

import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { jsonReply, SENT, type Store, type StoreCall, type StoreReply } from './call.ts';
import { corsHeaders, isForeign, preflight } from './cors.ts';
import { dispatch } from './dispatch.ts';
import { printFailure, StoreError, toStoreError } from './store-error.ts';

// Longer than clients usually keep an idle connection. If the server closed the connection first, it might do so just
// when a request arrives on it.
const KEEP_ALIVE_MS = 75_000;
// For example `localhost:5985`.
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/** Makes the store's HTTP server. It does not listen yet. */
export function createStoreServer(store: Store): http.Server {
  const server = http.createServer((request, response) => {
    void serve(store, request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

/** Answers one request. If that fails, it answers with the failure. */
async function serve(store: Store, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Cascade uses this header as its clock. The header that Node itself would send can be a second old.
  response.setHeader('date', new Date(store.now()).toUTCString());
  try {
    for (const [name, value] of Object.entries(corsHeaders(request))) response.setHeader(name, value);
    const answer = request.method === 'OPTIONS' ? preflight(request) : await answerTo(store, request, response);
    if (answer !== SENT) send(request, response, answer);
  } catch (error) {
    fail(request, response, error);
  }
}

async function answerTo(
  store: Store,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<StoreReply | typeof SENT> {
  // If `Host` is another name, a web page may have made its own name point to this machine (DNS rebinding).
  if (!LOOPBACK_HOST.test(request.headers.host ?? ''))
    throw new StoreError(403, 'This store answers on loopback only.');
  if (isForeign(request)) throw new StoreError(403, 'This store answers pages on loopback only.');
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  const { authorization, cookie } = request.headers;
  const address = request.socket.remoteAddress ?? '';
  const isLogin = /^\/_session\/?$/.test(path) && request.method !== 'GET';
  const call: StoreCall = {
    store,
    request,
    response,
    method: request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET'),
    path: decodePath(path),
    query: new URLSearchParams(query.join('?')),
    // At a login or logout nobody is identified: a browser may still send an expired cookie, and that must not be an
    // error.
    user: isLogin ? { name: null, roles: [] } : await store.accounts.identify({ authorization, cookie, address }),
  };
  return dispatch(call);
}

function decodePath(path: string): readonly string[] {
  const parts = path.replace(/\/+$/, '').split('/').slice(1);
  try {
    return parts.length === 0 ? [''] : parts.map(decodeURIComponent);
  } catch {
    throw new StoreError(400, 'The path is not well encoded.');
  }
}

function fail(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  const hasCallerLeft =
    response.destroyed || (thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNRESET');
  if (hasCallerLeft) return;
  const error = toStoreError(thrown);
  printFailure(error);
  if (response.headersSent) response.destroy();
  else send(request, response, jsonReply({ error: error.error, reason: error.message }, error.status));
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: StoreReply): void {
  // The connection can serve the next request only after the body is received. So the rest of the body is read and
  // dropped.
  request.resume();
  if (status !== 204 && status !== 304) response.setHeader('content-length', Buffer.byteLength(body));
  response.writeHead(status, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}
