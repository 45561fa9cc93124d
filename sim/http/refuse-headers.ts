/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Callers give it
 * headers that it has to send later, with a webhook or a failure. This file checks them.
 */

import { validateHeaderName, validateHeaderValue } from 'node:http';
import { badRequest } from './answer.ts';

/** The most bytes of all names and values together. */
const MAX_BYTES = 2048;

/** Headers that say how a message is framed and routed. A wrong value could make the message unreadable. */
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

/**
 * Checks the headers of a webhook or of a fault (a failure that a test asks for). They may not have more than 2,048
 * bytes, a name twice (in any case of letters), a name or value that HTTP does not allow, or a header that frames or
 * routes the message.
 *
 * @param what - what the error message calls the headers.
 * @throws Refusal 400 if they do.
 */
export function refuseHeaders(headers: Readonly<Record<string, string>>, what: string): void {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const bytes = Object.entries(headers).reduce((sum, each) => sum + Buffer.byteLength(each.join('')), 0);
  if (bytes > MAX_BYTES) throw badRequest(`${what} may have ${MAX_BYTES} bytes.`);
  if (new Set(names).size < names.length) throw badRequest(`${what} has a name twice.`);
  for (const [name, text] of Object.entries(headers)) refuseHeader(name, text, what);
  const ofConnection = names.find((name) => OF_THE_CONNECTION.includes(name));
  if (ofConnection !== undefined) throw badRequest(`${what} may not have ${ofConnection}: the connection sets it.`);
}

function refuseHeader(name: string, text: string, what: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, text);
  } catch {
    throw badRequest(`${what} has a name or value that HTTP does not allow: ${JSON.stringify(name)}.`);
  }
}
