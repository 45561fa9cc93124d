/*
 * The simulated Stack Exchange imitates the API of Stack Exchange 2.3 as far as Cascade uses it, so that `npm start`
 * and the tests do not call the real one. docs/stack-exchange.md has the facts, and coverage.md the test of each.
 * Beside the API there is a control interface under `/_sim`.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { isObject, jsonOrText, readApiBody } from '../http/call.ts';
import { endServer, listenOnLoopback } from '../http/listen.ts';
import { answerQuestionCall, methodOf } from './answer-question-call.ts';
import { API_ERRORS, ApiError, type ApiErrorId, isApiErrorId } from './api-errors.ts';
import { QuestionList } from './question-list.ts';
import { Throttles } from './throttles.ts';

/** One call of the API, as `GET <control>/calls` shows it. */
export interface SeenApiCall {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** 200, an error's id, or 0 if the connection was cut. */
  readonly status: number;
  /** How many questions were answered. */
  readonly items: number;
}

export interface StackExchange {
  /** The address of the API, with its version: `http://127.0.0.1:<port>/2.3`. */
  readonly url: string;
  /** The address of the control interface. */
  readonly control: string;
  close(): Promise<void>;
}

/** What goes wrong with the next calls. */
interface SimFaults {
  /** The next answer of questions carries this `backoff`, in seconds. */
  backoff: number | undefined;
  /** The errors of the next calls, each for one. `0` cuts the connection. */
  readonly errors: number[];
  /** One in so many calls fails: the first with throttle_violation, the next with internal_error, and so on in turn. */
  failEvery: number | undefined;
}

/** The sites that the simulation has. */
const SITES = ['stackoverflow', 'superuser', 'serverfault', 'stackapps'] as const;

/** How long a caller should wait, as a planned throttle_violation says. In seconds; nothing enforces it. */
const THROTTLED_SECONDS = 20;

/**
 * Starts the simulated API on 127.0.0.1. At first it has no questions.
 *
 * - `POST <control>/questions[?site=…]` adds a question in the API's own form, or changes the one with its
 *   `question_id`.
 * - `DELETE <control>/questions/<id>[?site=…]` deletes one.
 * - `PUT <control>/faults` takes `{ quota, backoff, errors, failEvery }`, each optional.
 * - `GET <control>/calls` shows the calls so far.
 *
 * @param port - 0 = any free port. If the port is in use, the promise rejects with an Error whose `code` is
 *   `EADDRINUSE`.
 * @param now - in milliseconds since 1970; default `Date.now`.
 */
export async function startStackExchange(
  options: { readonly port?: number; readonly now?: () => number } = {},
): Promise<StackExchange> {
  const { port = 0, now = Date.now } = options;
  const sites = new Map<string, QuestionList>(SITES.map((site) => [site, new QuestionList()]));
  const throttles = new Throttles();
  const faults: SimFaults = { backoff: undefined, errors: [], failEvery: undefined };
  const calls: SeenApiCall[] = [];

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error('The simulated Stack Exchange failed:', error);
      response.destroy();
    });
  });
  const origin = await listenOnLoopback(server, port);
  return { url: `${origin}/2.3`, control: `${origin}/_sim`, close: () => endServer(server) };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    const body = jsonOrText((await readApiBody(request)).toString('utf8'));
    if (!pathname.startsWith('/_sim/')) answerApi(request.method ?? 'GET', pathname, searchParams, response);
    else sendPlain(response, control(`${request.method} ${pathname.slice('/_sim'.length)}`, searchParams, body));
  }

  function answerApi(verb: string, path: string, query: URLSearchParams, response: ServerResponse): void {
    const seen = { at: now(), path, query: Object.fromEntries(query) };
    const note = (status: number, items = 0): void => void calls.push({ ...seen, status, items });
    const planned = plannedFault();
    if (throttles.isDropped(seen.at) || planned === 0) {
      note(0);
      response.destroy();
      return;
    }
    try {
      if (verb !== 'GET' || !path.startsWith('/2.3/')) throw new ApiError(404, 'no method found with this name');
      if (planned !== undefined) throw plannedError(planned);
      const { body, items } = answerOf(path.slice('/2.3'.length), query, seen.at);
      note(200, items);
      sendCompressed(response, 200, body);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      note(error.id);
      const { id, message } = error;
      sendCompressed(response, 400, { error_id: id, error_message: message, error_name: API_ERRORS[id] });
    }
  }

  /** @throws ApiError */
  function answerOf(path: string, query: URLSearchParams, at: number): { body: object; items: number } {
    const method = methodOf(path) ?? path;
    const { max, remaining } = throttles.take(method, query.get('key') ?? undefined, at);
    const page = answerQuestionCall(path, query, sites.get(query.get('site') ?? ''));
    const { backoff } = faults;
    if (backoff !== undefined) throttles.backOff(method, backoff, at);
    faults.backoff = undefined;
    const wrapper = { ...page, ...(backoff !== undefined && { backoff }), quota_max: max, quota_remaining: remaining };
    return { body: wrapper, items: page.items.length };
  }

  /** The error that is planned for this call: an id, 0 to cut the connection, or undefined. */
  function plannedFault(): number | undefined {
    const next = faults.errors.shift();
    if (next !== undefined) return next;
    const number = calls.length + 1;
    if (faults.failEvery === undefined || number % faults.failEvery !== 0) return undefined;
    return (number / faults.failEvery) % 2 === 1 ? 502 : 500;
  }

  function control(route: string, query: URLSearchParams, body: unknown): { status: number; body: unknown } {
    const name = query.get('site') ?? 'stackoverflow';
    const site = sites.get(name);
    if (site === undefined) return { status: 400, body: { message: `There is no site ${name}.` } };
    if (route === 'POST /questions' && isObject(body)) {
      const { question_id: id = 0 } = body;
      if (!Number.isSafeInteger(id) || Number(id) < 0)
        return { status: 400, body: { message: 'question_id has to be a whole number.' } };
      return { status: 200, body: site.put(body, name, Math.floor(now() / 1_000)) };
    }
    const [, deleted] = /^DELETE \/questions\/(\d+)$/.exec(route) ?? [];
    if (deleted !== undefined) return { status: site.delete(Number(deleted)) ? 200 : 404, body: {} };
    if (route === 'PUT /faults' && isObject(body)) {
      plan(body);
      return { status: 200, body: faults };
    }
    if (route === 'GET /calls') return { status: 200, body: { calls, questions: site.size } };
    return { status: 404, body: { message: `The control interface has no ${route}, or not with this body.` } };
  }

  function plan({ quota, backoff, errors, failEvery }: Record<string, unknown>): void {
    if (typeof quota === 'number') throttles.setQuota(quota);
    if (typeof backoff === 'number') faults.backoff = backoff;
    if (Array.isArray(errors)) faults.errors.splice(0, faults.errors.length, ...errors.map(Number));
    if (typeof failEvery === 'number') faults.failEvery = failEvery === 0 ? undefined : failEvery;
  }
}

function plannedError(id: number): ApiError {
  const known: ApiErrorId = isApiErrorId(id) ? id : 500;
  const wait = `too many requests from this IP, more requests available in ${THROTTLED_SECONDS} seconds`;
  return new ApiError(known, known === 502 ? wait : `planned ${API_ERRORS[known]}`);
}

function sendPlain(response: ServerResponse, { status, body }: { status: number; body: unknown }): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

/** The API compresses its answers even if the caller does not ask for that (fact se-gzip-01). */
function sendCompressed(response: ServerResponse, status: number, body: object): void {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Content-Encoding': 'gzip' };
  response.writeHead(status, headers).end(gzipSync(JSON.stringify(body)));
}
