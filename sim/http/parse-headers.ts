import { validateHeaderName, validateHeaderValue } from 'node:http';
import { badRequest } from './answer.ts';
import { isObject } from './call.ts';

const MAX_BYTES = 2048;

/** They say how a message is framed and routed: with a made-up value nobody could read it. */
const OF_THE_CONNECTION = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** A group of headers, of a webhook or a fault: up to 2,048 bytes, names unique whatever their case, none that frames or routes the message. @throws Refusal 400 */
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
  if (OF_THE_CONNECTION.includes(name.toLowerCase())) {
    throw badRequest(`${what} may not have ${name}: the connection sets it.`);
  }
  return [name, text];
}
