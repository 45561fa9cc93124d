import { type Json, sortedJson } from './json.ts';

export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** What is sent back for one request. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body: string | Buffer;
  /** The one answer without `x-request-id` (facts, ow-headers-07): a web call's internal error. */
  readonly lacksRequestId?: boolean;
}

/** A JSON answer in one line with sorted keys, as the REST API prints results and records. */
export const json = (status: number, value: Json | object, headers: HeaderLines = []): Answer => ({
  status,
  headers: [['content-type', 'application/json'], ...headers],
  body: sortedJson(value),
});

/** A plain text answer. */
export const text = (status: number, body: string): Answer => ({
  status,
  headers: [['content-type', 'text/plain; charset=UTF-8']],
  body,
});
