/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file reads
 * requests, and refuses what cannot be read.
 */

import type { IncomingMessage } from 'node:http';
import type { User } from '../users.ts';
import { badRequest, Refusal } from './answer.ts';

/** One request as a route sees it, with its whole body. */
export interface TenantCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The values of the route's `{name}` parts, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Scheme, host and port as the caller wrote them. Links in answers start with this text. */
  readonly origin: string;
}

/** A call under `/api`. Its caller was identified. `scopes` is undefined for an API key, which has no scopes. */
export interface ApiCall extends TenantCall {
  readonly user: User;
  readonly scopes: readonly string[] | undefined;
}

/** The body as JSON. @throws Refusal 400 if it is not JSON, or is nested more than 100 levels deep. */
export function jsonBody(call: TenantCall): unknown {
  try {
    return parseApiJson(call.body.toString('utf8'));
  } catch {
    throw badRequest('The body is not JSON, or nested deeper than 100.');
  }
}

/** The body as a JSON object. @throws Refusal 400 if it is not one. */
export function jsonObject(call: TenantCall): Record<string, unknown> {
  const body = jsonBody(call);
  if (!isObject(body)) throw badRequest('The body is not an object.');
  return body;
}

/** Whether `value` is an object, and neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of the `{name}` part of the route's path. It is empty if the route has no such part. */
export function param(call: TenantCall, name: string): string {
  return call.params[name] ?? '';
}

/** 8 MiB: far more than any call of the API needs. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The whole body of a request. @throws Refusal 413 if it has more than 8 MiB */
export async function readApiBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) chunks.push(chunk);
  }
  // The body is read to its end before the refusal: many clients read the answer only after they have sent everything.
  if (bytes > MAX_BYTES) throw new Refusal(413, { code: 'HTTP-413', title: 'Payload too large' });
  return Buffer.concat(chunks);
}

/** How many levels deep JSON may be nested. Much deeper JSON would overflow the stack when it is written out. */
const MAX_DEPTH = 100;

/** The value of a JSON text. @throws Error if it is not JSON, or nested deeper than 100 arrays and objects */
export function parseApiJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isDeeperThan(MAX_DEPTH, value)) throw new Error(`nested deeper than ${MAX_DEPTH}`);
  return value;
}

/** The value of a JSON text, or the text itself if `parseApiJson` refuses it. */
export function jsonOrText(text: string): unknown {
  try {
    return parseApiJson(text);
  } catch {
    return text;
  }
}

function isDeeperThan(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((each) => isDeeperThan(depth - 1, each));
}
