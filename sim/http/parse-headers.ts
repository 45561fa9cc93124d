import { validateHeaderName, validateHeaderValue } from 'node:http';
import { badRequest } from './answer.ts';
import { isObject } from './call.ts';

const MAX_BYTES = 2048;

/** A group of headers, of a webhook or a fault: up to 2,048 bytes, names unique whatever their case. @throws Refusal 400 */
export function parseHeaders(value: unknown, what: string): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!isObject(value)) throw badRequest(`${what} must be an object of strings.`);
  const headers = Object.entries(value).map(([name, text]) => parseHeader(name, text, what));
  const bytes = headers.reduce((sum, [name, text]) => sum + Buffer.byteLength(name) + Buffer.byteLength(text), 0);
  if (bytes > MAX_BYTES) throw badRequest(`${what} may have ${MAX_BYTES} bytes.`);
  if (new Set(headers.map(([name]) => name.toLowerCase())).size < headers.length) {
    throw badRequest(`${what} has a name twice.`);
  }
  return Object.fromEntries(headers);
}

function parseHeader(name: string, text: unknown, what: string): readonly [string, string] {
  if (typeof text !== 'string') throw badRequest(`${what} must be an object of strings.`);
  try {
    validateHeaderName(name);
    validateHeaderValue(name, text);
  } catch {
    throw badRequest(`${what} has a name or value that HTTP does not allow: ${JSON.stringify(name)}.`);
  }
  return [name, text];
}
