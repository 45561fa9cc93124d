import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey, jwtVerify } from 'jose';
import fetch from 'node-fetch';
import { definedFields } from '../../core/defined-fields.ts';
import type { EpochMs } from '../../core/units.ts';
import type { TokenCredential } from '../settings/chains-settings.ts';

/** The largest key set that is read. Usual ones have a few kB. */
const LARGEST_JWKS_BYTES = 256 * 1024;

/**
 * Functions that find a public key, by the URL of the key set. They live as long as the container. Each caches its key set:
 * the library jose fetches the set again when it is 10 minutes old, or 30 s old and without the wanted key.
 */
const keySets = new Map<string, JWTVerifyGetKey>();

/**
 * Why a JWT is not valid, in words that hold no part of it; undefined for a valid one.
 *
 * The kind of the configured key decides which algorithms are accepted, whatever the token's header says. So a public key is
 * never used as a secret, and the algorithm `none` is never accepted. A token must say when it expires.
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

/** Fetches a key set with node-fetch. jose uses only `status` and `json` of the answer. Its `signal` aborts after 5 s. */
const fetchKeySet: FetchImplementation = async (url, { headers, method, redirect, signal }) => {
  const options = { headers: Object.fromEntries(headers), method, redirect, signal, size: LARGEST_JWKS_BYTES };
  return (await fetch(url, options)) as unknown as Response;
};

/** Names only the error's code and the claim. The error's message could repeat a part of the token or the URL. */
function problemIn(error: unknown): string {
  const { code, claim, name } = error as { code?: string; claim?: string; name?: string };
  const what = code ?? name ?? 'unknown error';
  return claim === undefined ? what : `${what} (${claim})`;
}
