import type { ServerResponse } from 'node:http';
import { StateError } from '../state/state-file.ts';

/** What a route answers: a status, headers, and a body that is sent as JSON, or a plain text. Without body and text nothing is sent. */
export interface TenantAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string;
}

/** One entry of `errors` in the body of a refusal. */
export interface ErrorEntry {
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
}

/** Thrown by a route to refuse the call; the server turns it into `{errors: [entry], traceId}`. */
export class Refusal extends Error {
  readonly status: number;
  readonly entry: ErrorEntry;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, entry: ErrorEntry, headers: Readonly<Record<string, string>> = {}) {
    super(entry.detail ?? entry.title);
    this.status = status;
    this.entry = entry;
    this.headers = headers;
  }
}

/** The answer 200 with `body` as JSON; a field that is undefined is left out. */
export function ok(body: unknown): TenantAnswer {
  return { status: 200, body };
}

/** 400 for a mistake in the call; `code` defaults to the gateway's. */
export function badRequest(detail: string, code = 'HTTP-400'): Refusal {
  return new Refusal(400, { code, title: 'Invalid request', detail });
}

/** 403 for a caller that lacks a right; `code` defaults to the gateway's. */
export function forbidden(detail: string, code = 'HTTP-403'): Refusal {
  return new Refusal(403, { code, title: 'Forbidden', detail });
}

/** 404; `code` defaults to the gateway's. */
export function notFound(detail: string, code = 'HTTP-404'): Refusal {
  return new Refusal(404, { code, title: 'Not found', detail });
}

/** Returns `thing` if it exists. @throws Refusal 404 if it is undefined: "There is no such `what`." */
export function found<T>(thing: T | undefined, what: string, code?: string): T {
  if (thing === undefined) throw notFound(`There is no such ${what}.`, code);
  return thing;
}

/** Sends `answer`; does nothing if the caller is gone or an answer is already on its way. */
export function sendAnswer(response: ServerResponse, answer: TenantAnswer): void {
  if (response.destroyed || response.headersSent) return;
  const text = answer.body === undefined ? answer.text : JSON.stringify(answer.body);
  const bytes = Buffer.from(text ?? '', 'utf8');
  const media = answer.body === undefined ? 'text/plain' : 'application/json';
  const type = text === undefined ? {} : { 'Content-Type': `${media}; charset=UTF-8` };
  const length = answer.status === 204 ? {} : { 'Content-Length': bytes.length };
  response.writeHead(answer.status, { ...type, ...length, ...answer.headers }).end(bytes);
}

/**
 * The answer to a call that threw `error`. A refusal has its own status. A state that cannot be kept is 500 and says
 * why. Anything else is a bug of the simulation: 500 without details, and the error is logged on stderr.
 */
export function errorAnswer(error: unknown, traceId: string): TenantAnswer {
  if (error instanceof Refusal) {
    return { status: error.status, headers: error.headers, body: { errors: [error.entry], traceId } };
  }
  const isKnown = error instanceof StateError;
  console.error('The simulated tenant failed:', isKnown ? error.message : error);
  const detail = isKnown ? error.message : undefined;
  return { status: 500, body: { errors: [{ code: 'HTTP-500', title: 'Internal server error', detail }], traceId } };
}
