import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey, jwtVerify } from 'jose';
import fetch from 'node-fetch';
import type { EpochMs } from '../../core/units.ts';
import type { TokenCredential } from '../settings/chains-settings.ts';

const JWKS_TIMEOUT_MS = 5_000;
const LARGEST_JWKS_BYTES = 256 * 1024;

/** Kept while the container lives; jose asks again after 10 minutes, and for an unknown key after 30 s. */
const keySets = new Map<string, JWTVerifyGetKey>();

/**
 * Why a JWT is not valid, in words that hold no part of it; undefined for a valid one.
 *
 * The kind of key fixes the algorithms, whatever the token's header says: a public key is never used as a secret, and
 * `none` is none of them. A token has to say when it expires.
 */
export async function problemOfToken(
  token: string,
  credential: TokenCredential,
  now: EpochMs,
): Promise<string | undefined> {
  const { issuer, audience } = credential;
  const options = {
    requiredClaims: ['exp'],
    currentDate: new Date(now),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  };
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
  const known = keySets.get(url);
  if (known !== undefined) return known;
  const keySet = createRemoteJWKSet(new URL(url), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    [customFetch]: fetchKeySet,
  });
  keySets.set(url, keySet);
  return keySet;
}

/** By node-fetch, like every call of ours; its answer has the members that jose uses (status, json). */
const fetchKeySet: FetchImplementation = async (url, { headers, method, redirect, signal }) => {
  const options = { headers: Object.fromEntries(headers), method, redirect, signal, size: LARGEST_JWKS_BYTES };
  return (await fetch(url, options)) as unknown as Response;
};

/** By code alone, and the claim's name: a message could repeat what the token or the URL says. */
function problemIn(error: unknown): string {
  const { code, claim, name } = error as { code?: string; claim?: string; name?: string };
  const what = code ?? name ?? 'unknown error';
  return claim === undefined ? what : `${what} (${claim})`;
}
