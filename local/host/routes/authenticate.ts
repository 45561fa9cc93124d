/*
 * The local host imitates OpenWhisk on a laptop, without Docker. This file checks the key of a call of the REST API.
 */

import { timingSafeEqual } from 'node:crypto';
import { HostError } from '../answer.ts';
import type { RestCall } from '../call.ts';

/** Whether the request has the namespace's key; undefined if the request has no key at all. */
export function hasValidKey(call: RestCall): boolean | undefined {
  const [, encoded] = /^Basic +(\S+)$/i.exec(call.request.headers.authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [given, expected] = [Buffer.from(encoded, 'base64'), Buffer.from(call.host.auth)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * Checks that the request has the namespace's key.
 *
 * @throws HostError 401 if it has none or another one.
 */
export function requireKey(call: RestCall): void {
  const isValid = hasValidKey(call);
  if (isValid === undefined) {
    const text = 'The resource requires authentication, which was not supplied with the request';
    throw new HostError(401, text, { 'www-authenticate': 'Basic realm="whisk rest service"' });
  }
  if (!isValid) throw new HostError(401, 'The supplied authentication is invalid');
}
