import type { EpochMs } from '../../core/units.ts';
import { isSameSecret } from '../is-same-secret.ts';
import type { ReaderCredential, TokenCredential } from '../settings/chains-settings.ts';

/** The headers by which a reader proves who it is. */
export interface ReaderProof {
  /** `x-api-key` */
  readonly apiKey?: string | undefined;
  /** `authorization` */
  readonly authorization?: string | undefined;
}

/** Whether a reader may read. `why` is for the log, never for the reader, and holds no part of the headers. */
export type ReaderVerdict = { readonly kind: 'allowed' } | { readonly kind: 'refused'; readonly why: string };

const ALLOWED: ReaderVerdict = { kind: 'allowed' };
const refused = (why: string): ReaderVerdict => ({ kind: 'refused', why });

/**
 * Decides whether a reader may read: with the API key, or with a JWT that one of the configured keys verifies.
 *
 * No header makes it throw.
 */
export async function authenticateReader(
  { apiKey, authorization }: ReaderProof,
  readers: readonly ReaderCredential[],
  now: EpochMs,
): Promise<ReaderVerdict> {
  const isRightKey =
    apiKey !== undefined && readers.some((reader) => reader.kind === 'api-key' && isSameSecret(apiKey, reader.apiKey));
  if (isRightKey) return ALLOWED;
  const token = bearerTokenIn(authorization);
  if (token !== undefined) return tokenVerdict(token, readers, now);
  if (apiKey !== undefined) return refused('the x-api-key header is not READ_API_KEY');
  if (authorization !== undefined) return refused('the authorization header is not a bearer token');
  return refused('there is neither an x-api-key header nor a bearer token');
}

/** RFC 6750 §2.1. The scheme may be in upper or lower case (RFC 9110 §11.1). */
const bearerTokenIn = (authorization: string | undefined): string | undefined =>
  /^bearer +([\w.~+/=-]+) *$/i.exec(authorization ?? '')?.[1];

async function tokenVerdict(token: string, readers: readonly ReaderCredential[], now: EpochMs): Promise<ReaderVerdict> {
  const credentials = readers.filter((reader): reader is TokenCredential => reader.kind !== 'api-key');
  if (credentials.length === 0)
    return refused('there is a bearer token, but neither READ_JWT_SECRET nor READ_JWT_JWKS_URL is set');
  // Loaded here only: a cold container need not parse the JWT library and node-fetch for a reader with an API key.
  const { problemOfToken } = await import('./problem-of-token.ts');
  const problems: string[] = [];
  for (const credential of credentials) {
    const problem = await problemOfToken(token, credential, now);
    if (problem === undefined) return ALLOWED;
    problems.push(`${credential.kind === 'jwks' ? 'READ_JWT_JWKS_URL' : 'READ_JWT_SECRET'}: ${problem}`);
  }
  return refused(`the bearer token is not accepted by ${problems.join(', nor by ')}`);
}
