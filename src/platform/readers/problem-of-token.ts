/*
 * A reader of the actions `chains` and `metrics` may prove who it is by a JWT, a signed token. This file checks the
 * token with one of the configured keys: a secret, or the public keys that a URL gives (a key set).
 */

import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey, jwtVerify } from 'jose';
import fetch from 'node-fetch';
import { definedFields } from '../../core/defined-fields.ts';
import type { EpochMs } from '../../core/units.ts';
import type { TokenCredential } from '../settings/chains-settings.ts';

/** The largest key set that is read. A usual key set has a few kB. */
const LARGEST_JWKS_BYTES = 256 * 1024;

/**
 * By URL: the function that finds a token's public key in the key set there. It keeps the key set for the next runs of
 * the action in this process. The library jose fetches the set again if the set is 10 minutes old, or if the wanted key
 * is missing and the set is 30 s old.
 */
const keySets = new Map<string, JWTVerifyGetKey>();

/**
 * Why a JWT is not accepted; undefined if the JWT is valid. The reason is for the log, and contains no part of the
 * token. If the key set cannot be fetched, that is the reason.
 *
 * The kind of the configured key decides which algorithms are accepted. The token's header cannot change that. So
 * nobody can use a public key as a secret, or the algorithm `none`. A token must say when it expires.
 */
export async function problemOfToken(
  token: string,
  credential: TokenCredential,
  now: EpochMs,
): Promise<string | undefined> {
  const { issuer, audience } = credential;
  const options = { requiredClaims: ['exp'], currentDate: new Date(now), ...definedFields({ issuer, audience }) };
  try {
    if (credential.kind === 'jwt-secret') {
      const secret = new TextEncoder().encode(credential.secret);
      await jwtVerify(token, secret, { ...options, algorithms: ['HS256'] });
    } else {
      await jwtVerify(token, keySetAt(credential.url), { ...options, algorithms: ['RS256', 'ES256'] });
    }
    return undefined;
  } catch (error) {
    return problemIn(error);
  }
}

function keySetAt(url: string): JWTVerifyGetKey {
  const keySet = keySets.get(url) ?? createRemoteJWKSet(new URL(url), { [customFetch]: fetchKeySet });
  keySets.set(url, keySet);
  return keySet;
}

/**
 * Fetches a key set with node-fetch. jose aborts `signal` after 5 s. Of the answer jose uses only `status` and `json`.
 */
const fetchKeySet: FetchImplementation = async (url, { headers, method, redirect, signal }) => {
  const options = { headers: Object.fromEntries(headers), method, redirect, signal, size: LARGEST_JWKS_BYTES };
  return (await fetch(url, options)) as unknown as Response;
};

/**
 * Names the error by its code, else by its name, and adds the claim (the field of the token) that is wrong. The error's
 * message is left out, because it could repeat a part of the token or of the URL.
 */
function problemIn(error: unknown): string {
  const { code, claim, name } = error as { code?: string; claim?: string; name?: string };
  const what = code ?? name ?? 'unknown error';
  return claim === undefined ? what : `${what} (${claim})`;
}
