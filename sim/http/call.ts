import type { User } from '../users.ts';
import { badRequest } from './answer.ts';
import { parseJson } from './parse-json.ts';

/** One request as a route sees it: read whole, and authenticated where the path asks for it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The values of the route's `{name}` parts, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Scheme, host and port as the caller wrote them: what links in answers start with. */
  readonly origin: string;
}

/** A call under `/api`, whose caller is known. `scopes` is undefined where scopes do not apply (API keys). */
export interface ApiCall extends Call {
  readonly user: User;
  readonly scopes: readonly string[] | undefined;
}

/** The body as JSON. @throws Refusal 400 if it is none, or nested deeper than 100. */
export function jsonBody(call: Call): unknown {
  try {
    return parseJson(call.body.toString('utf8'));
  } catch {
    throw badRequest('The body is not JSON, or nested deeper than 100.');
  }
}

/** The body as a JSON object. @throws Refusal 400 if it is none. */
export function jsonObject(call: Call): Record<string, unknown> {
  return asObject(jsonBody(call), 'The body');
}

/** `value` as an object. @throws Refusal 400, naming `what`, if it is none. */
export function asObject(value: unknown, what: string): Record<string, unknown> {
  if (!isObject(value)) throw badRequest(`${what} is not an object.`);
  return value;
}

/** Whether `value` is an object and neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a `{name}` part that the route is sure to have. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}
