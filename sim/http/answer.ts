import type { ServerResponse } from 'node:http';
import { StateError } from '../state/state-file.ts';

/** What a route answers: a status, headers, and a body that is sent as JSON, or a plain text (both absent = no body). */
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

/** 400 with what is wrong; `code` defaults to the gateway's. */
export function badRequest(detail: string, code = 'HTTP-400'): Refusal {
  return new Refusal(400, { code, title: 'Invalid request', detail });
}

/** 404 for something that is not there. */
export function noSuchThing(detail: string, code = 'HTTP-404'): Refusal {
  return new Refusal(404, { code, title: 'Not found', detail });
}

/** 403 for a caller that lacks a right. */
export function forbiddenScope(detail: string, code = 'HTTP-403'): Refusal {
  return new Refusal(403, { code, title: 'Forbidden', detail });
}

/** Writes `answer` out; JSON if it has a body, else its text if it has one. Does nothing once the caller is gone. */
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
 * What `error` answers: a refusal its own status and `{errors: […], traceId}`; a state that cannot be
 * kept says why; anything else is a bug of the simulation, told on stderr.
 */
export function errorAnswer(error: unknown, traceId: string): TenantAnswer {
  if (error instanceof Refusal) {
    return { status: error.status, headers: error.headers, body: { errors: [error.entry], traceId } };
  }
  const title = 'Internal server error';
  if (error instanceof StateError) {
    console.error(`The simulated tenant failed: ${error.message}`);
    return { status: 500, body: { errors: [{ code: 'HTTP-500', title, detail: error.message }], traceId } };
  }
  console.error('The simulated tenant failed:', error);
  return { status: 500, body: { errors: [{ code: 'HTTP-500', title }], traceId } };
}
