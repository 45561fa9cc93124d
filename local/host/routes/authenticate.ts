/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. Only callers with the namespace's key may use the REST API. This file checks the key.
 */

import { timingSafeEqual } from 'node:crypto';
import { HostError } from '../answer.ts';
import type { RestCall } from '../call.ts';

/** Whether the request has the namespace's key; undefined if the request has no key at all. */
export function hasValidKey(call: RestCall): boolean | undefined {
  // For example `Basic Z3Vlc3Q6c2VjcmV0`: base64 of `uuid:key`.
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
