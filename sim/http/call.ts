import type { IncomingMessage } from 'node:http';
import type { User } from '../users.ts';
import { badRequest, Refusal } from './answer.ts';

/** One request as a route sees it: read whole, and authenticated where the path asks for it. */
export interface TenantCall {
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

/** A call under `/api`, whose caller is known. `scopes` is undefined if scopes do not apply (API keys). */
export interface ApiCall extends TenantCall {
  readonly user: User;
  readonly scopes: readonly string[] | undefined;
}

/** The body as JSON. @throws Refusal 400 if it is none, or nested deeper than 100. */
export function jsonBody(call: TenantCall): unknown {
  try {
    return parseApiJson(call.body.toString('utf8'));
  } catch {
    throw badRequest('The body is not JSON, or nested deeper than 100.');
  }
}

/** The body as a JSON object. @throws Refusal 400 if it is none. */
export function jsonObject(call: TenantCall): Record<string, unknown> {
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
export function param(call: TenantCall, name: string): string {
  return call.params[name] ?? '';
}

const MAX_BYTES = 8 * 1024 * 1024;

/** The whole body of a request. Rejects with a Refusal 413 above 8 MiB. */
export function readApiBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) reject(new Refusal(413, { code: 'HTTP-413', title: 'Payload too large' }));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

/** JSON that is nested deeper is not taken: whatever writes it out again would run out of stack. */
const MAX_DEPTH = 100;

/** The value of a JSON text. @throws Error if it is none, or nested deeper than 100 arrays and objects */
export function parseApiJson(text: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) throw new Error(`nested deeper than ${MAX_DEPTH}`);
  return JSON.parse(text);
}

/** The value of a JSON text, or the text itself if `parseJson` does not take it. */
export function jsonOrText(text: string): unknown {
  try {
    return parseApiJson(text);
  } catch {
    return text;
  }
}

function isDeeperThan(text: string, depth: number): boolean {
  let open = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') isInString = !isInString;
    else if (isInString) at += letter === '\\' ? 1 : 0;
    else if (letter === '[' || letter === '{') open += 1;
    else if (letter === ']' || letter === '}') open -= 1;
    if (open > depth) return true;
  }
  return false;
}
