import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { SENT, type Store, type StoreCall, type StoreReply, storeJson } from './call.ts';
import { corsHeaders, isForeign, preflight } from './cors.ts';
import { dispatch } from './dispatch.ts';
import { badStoreRequest, forbiddenUser, toWireError } from './wire-error.ts';

// Longer than clients keep idle connections, so that none is closed under a request on its way.
const KEEP_ALIVE_MS = 75_000;
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/** The store's HTTP server, not yet listening. */
export function createStoreServer(store: Store): http.Server {
  const server = http.createServer((request, response) => {
    void serve(store, request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function serve(store: Store, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Asked for each time: Node keeps the text it sends for a whole second, and leases are measured by it.
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
  // Another name than loopback's means that a web page had its own name point here.
  if (!LOOPBACK_HOST.test(request.headers.host ?? '')) throw forbiddenUser('This store answers on loopback only.');
  if (isForeign(request)) throw forbiddenUser('This store answers pages on loopback only.');
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
    // Whoever logs in or out may still send a cookie that has ended.
    user: isLogin ? { name: null, roles: [] } : await store.accounts.identify({ authorization, cookie, address }),
  };
  return dispatch(call);
}

function decodePath(path: string): readonly string[] {
  const parts = path.replace(/\/+$/, '').split('/').slice(1);
  try {
    return parts.length === 0 ? [''] : parts.map(decodeURIComponent);
  } catch {
    throw badStoreRequest('The path is not well encoded.');
  }
}

function fail(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  const hasCallerLeft =
    response.destroyed || (thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNRESET');
  if (hasCallerLeft) return;
  const error = toWireError(thrown);
  if (error.status === 500) console.error('The store failed:', error.cause);
  if (response.headersSent) response.destroy();
  else send(request, response, storeJson(error.status, { error: error.error, reason: error.message }));
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: StoreReply): void {
  // A body that nobody read still has to be taken off the wire before the connection serves again.
  request.resume();
  if (status !== 204 && status !== 304) response.setHeader('content-length', Buffer.byteLength(body));
  response.writeHead(status, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}
