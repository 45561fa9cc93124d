/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. A browser asks the
 * store whether a web page may use it: Cascade's dashboard is such a page. This file answers that pages on this machine
 * may.
 */

import type { IncomingMessage } from 'node:http';
import type { StoreReply } from './call.ts';

// For example `http://localhost:8080`.
const LOOPBACK_ORIGIN = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;
const METHODS = 'GET, HEAD, POST, PUT, DELETE';
const HEADERS = 'accept, authorization, content-type, if-match, if-none-match, origin';
/** How long a browser may remember the answer to a preflight. */
const DAY_SECONDS = 86_400;

/** Whether the request comes from a page that is not on this machine. */
export const isForeign = ({ headers: { origin } }: IncomingMessage): boolean =>
  origin !== undefined && !LOOPBACK_ORIGIN.test(origin);

/** The headers that let a web page on this machine read the answer and send cookies. Another page gets none. */
export function corsHeaders(request: IncomingMessage): Readonly<Record<string, string>> {
  const { origin } = request.headers;
  if (origin === undefined || isForeign(request)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'date, etag',
    vary: 'origin',
  };
}

/**
 * The answer to a preflight: a browser asks whether a page may send a request. For a page elsewhere the answer allows
 * nothing.
 */
export function preflight(request: IncomingMessage): StoreReply {
  const allowed = {
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': HEADERS,
    'access-control-max-age': String(DAY_SECONDS),
  };
  return { status: 204, body: '', headers: isForeign(request) ? {} : allowed };
}
