import { definedFields } from '../../core/defined-fields.ts';
import type { Params } from '../define-action.ts';
import { secureUrl, settingError, textSetting } from './setting.ts';

/**
 * What a token (a JWT) has to say about who made it and for whom. If `issuer` or `audience` is absent here, Cascade
 * does not check that field of the token.
 */
export interface TokenClaims {
  readonly issuer?: string;
  readonly audience?: string;
}

/** One way in which a reader proves that it may read. */
export type ReaderCredential =
  | { readonly kind: 'api-key'; readonly apiKey: string }
  | ({ readonly kind: 'jwt-secret'; readonly secret: string } & TokenClaims)
  | ({ readonly kind: 'jwks'; readonly url: string } & Required<TokenClaims>);

/** A credential by which Cascade checks a token: a shared secret, or the public keys at a URL (JWKS). */
export type TokenCredential = Exclude<ReaderCredential, { kind: 'api-key' }>;

/** The settings of the actions `chains` and `metrics`. */
export interface ChainsSettings {
  /** At least one. A reader needs only one of these credentials. */
  readonly readers: readonly ReaderCredential[];
}

/**
 * Reads who may read: the settings READ_API_KEY and READ_JWT_…. The web actions `chains` and `metrics` need them,
 * because anybody can call their addresses.
 *
 * @throws CascadeError SETTINGS_INVALID if a setting is malformed, or if nobody could read. It names the setting.
 */
export function parseChainsSettings(params: Params): ChainsSettings {
  const apiKey = textSetting(params, 'READ_API_KEY');
  const secret = textSetting(params, 'READ_JWT_SECRET');
  const url = textSetting(params, 'READ_JWT_JWKS_URL');
  const claims = claimsIn(params, secret !== undefined || url !== undefined);
  const readers: ReaderCredential[] = [];
  if (apiKey !== undefined) readers.push({ kind: 'api-key', apiKey });
  if (secret !== undefined) readers.push({ kind: 'jwt-secret', secret, ...claims });
  if (url !== undefined) readers.push(jwksReader(url, claims));
  if (readers.length > 0) return { readers };
  throw settingError('READ_API_KEY', 'is missing, and so are READ_JWT_SECRET and READ_JWT_JWKS_URL: nobody could read');
}

function claimsIn(params: Params, hasTokens: boolean): TokenClaims {
  const issuer = textSetting(params, 'READ_JWT_ISSUER');
  const audience = textSetting(params, 'READ_JWT_AUDIENCE');
  const unused = 'is set without READ_JWT_SECRET or READ_JWT_JWKS_URL: no token could be checked for it';
  if (!hasTokens && issuer !== undefined) throw settingError('READ_JWT_ISSUER', unused);
  if (!hasTokens && audience !== undefined) throw settingError('READ_JWT_AUDIENCE', unused);
  return definedFields({ issuer, audience });
}

function jwksReader(url: string, { issuer, audience }: TokenClaims): ReaderCredential {
  const missing = 'is missing; READ_JWT_JWKS_URL needs it';
  if (issuer === undefined) throw settingError('READ_JWT_ISSUER', missing);
  if (audience === undefined) throw settingError('READ_JWT_AUDIENCE', missing);
  return { kind: 'jwks', url: secureUrl('READ_JWT_JWKS_URL', url).href, issuer, audience };
}
