/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. These are the
 * answers that its routes give, in the form of Qlik's API.
 */

import type { ServerResponse } from 'node:http';
import { StateError } from '../state/state-file.ts';

/**
 * A route's answer: a status, headers, and either a `body` that is sent as JSON, or a plain `text`. It may have
 * neither.
 */
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

/** A route throws this to refuse a call. The server answers `{errors: [entry], traceId}`. */
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

/** The answer 200 with `body` as JSON. A field that is undefined is left out. */
export function ok(body: unknown): TenantAnswer {
  return { status: 200, body };
}

/** 400 for a mistake in the call. The default of `code` is that of Qlik's gateway. */
export function badRequest(detail: string, code = 'HTTP-400'): Refusal {
  return new Refusal(400, { code, title: 'Invalid request', detail });
}

/** 403 for a caller who lacks a right. The default of `code` is that of Qlik's gateway. */
export function forbidden(detail: string, code = 'HTTP-403'): Refusal {
  return new Refusal(403, { code, title: 'Forbidden', detail });
}

/** 404 for something that does not exist. The default of `code` is that of Qlik's gateway. */
export function notFound(detail: string, code = 'HTTP-404'): Refusal {
  return new Refusal(404, { code, title: 'Not found', detail });
}

/** Returns `thing` if it exists. @throws Refusal 404 if it is undefined: "There is no such `what`." */
export function found<T>(thing: T | undefined, what: string, code?: string): T {
  if (thing === undefined) throw notFound(`There is no such ${what}.`, code);
  return thing;
}

/** Sends an answer. Does nothing if the caller has disconnected, or if an answer was already sent. */
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
 * Makes the answer to a call that threw `error`. A refusal has its own status. If the state file failed, the answer is
 * a 500 that says why. Any other error is a bug of the simulation: the answer is a 500 without details. Both 500s are
 * logged on stderr.
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
