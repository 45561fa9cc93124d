/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file makes the HTTP answers, with the statuses and texts of OpenWhisk's REST API. The rest of the host
 * uses them.
 */

import { type Json, sortedJson } from './json.ts';
import { MAX_CHUNK_BYTES } from './limits.ts';

export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** The answer to one request. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body: string | Buffer;
  /**
   * True only for an internal error of a web call (a call of an action by its URL). Such an answer has no header
   * `x-request-id` (fact ow-headers-07).
   */
  readonly lacksRequestId?: boolean;
}

/** A JSON answer in one line with sorted keys, as the REST API prints results and records. */
export const jsonAnswer = (status: number, value: Json | object, headers: HeaderLines = []): RestAnswer => ({
  status,
  headers: [['content-type', 'application/json'], ...headers],
  body: sortedJson(value),
});

/**
 * The CORS headers that let web pages of any origin read an answer. `headers` names the request headers that a page may
 * send.
 */
export const openCors = (
  methods: string,
  headers = 'Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent',
): HeaderLines => [
  ['access-control-allow-origin', '*'],
  ['access-control-allow-methods', methods],
  ['access-control-allow-headers', headers],
];

/** A plain text answer. */
export const text = (status: number, body: string): RestAnswer => ({
  status,
  headers: [['content-type', 'text/plain; charset=UTF-8']],
  body,
});

/** A refusal in OpenWhisk's words. The local host answers `{"code":<transaction id>,"error":<message>}`. */
export class HostError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** 404 for anything that does not exist or that the caller must not see. */
export const entityNotFound = (): HostError => new HostError(404, 'The requested resource does not exist.');

/** 405 for a method that the path does not have. */
export const notAllowed = (): HostError => new HostError(405, 'HTTP method not allowed');

/** 400 for a body that is malformed, or lacks something. */
export const malformed = (reason: string): HostError =>
  new HostError(400, `The request content was malformed:\n${reason}`);

/** 400 for a query parameter with a wrong value. */
export const malformedQuery = (name: string, reason: string): HostError =>
  new HostError(400, `The query parameter '${name}' was malformed:\n${reason}`);

/**
 * 400 for a call that sets parameters that are final (bound to the action for good), or the host's own `__ow_`
 * parameters.
 */
export const reservedParameters = (): HostError =>
  new HostError(400, 'Request defines parameters that are not allowed (e.g., reserved properties).');

/** 413 for a body, or another part of a request, of more than `allowed` bytes. */
export const tooLarge = (bytes: number, allowed: number, what = 'Request'): HostError =>
  new HostError(413, `${what} larger than allowed: ${bytes} > ${allowed} bytes.`);

/** Thrown if a chunk of a body is too large. The server then answers 400 in plain text. */
export class ChunkTooLarge extends Error {
  constructor(bytes: number) {
    super(`HTTP chunk of ${bytes} bytes exceeds the configured limit of ${MAX_CHUNK_BYTES} bytes`);
  }
}
