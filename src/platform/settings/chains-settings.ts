import type { Params } from '../define-action.ts';
import { secureUrl, settingError, textSetting } from './setting.ts';

/** What a token has to say beside its signature; absent: anything. */
export interface TokenClaims {
  readonly issuer?: string;
  readonly audience?: string;
}

/** One way in which a reader proves that it may read. */
export type ReaderCredential =
  | { readonly kind: 'api-key'; readonly apiKey: string }
  | ({ readonly kind: 'jwt-secret'; readonly secret: string } & TokenClaims)
  | ({ readonly kind: 'jwks'; readonly url: string } & Required<TokenClaims>);

/** A credential that proves itself by a token. */
export type TokenCredential = Exclude<ReaderCredential, { kind: 'api-key' }>;

export interface ChainsSettings {
  /** At least one; each is enough. */
  readonly readers: readonly ReaderCredential[];
}

function claimsIn(params: Params): TokenClaims {
  const issuer = textSetting(params, 'READ_JWT_ISSUER');
  const audience = textSetting(params, 'READ_JWT_AUDIENCE');
  return { ...(issuer !== undefined && { issuer }), ...(audience !== undefined && { audience }) };
}

function jwksReader(params: Params, { issuer, audience }: TokenClaims): ReaderCredential[] {
  const url = textSetting(params, 'READ_JWT_JWKS_URL');
  if (url === undefined) return [];
  if (issuer === undefined) throw settingError('READ_JWT_ISSUER', 'is missing; READ_JWT_JWKS_URL needs it');
  if (audience === undefined) throw settingError('READ_JWT_AUDIENCE', 'is missing; READ_JWT_JWKS_URL needs it');
  return [{ kind: 'jwks', url: secureUrl('READ_JWT_JWKS_URL', url).href, issuer, audience }];
}

/**
 * Reads the settings of the web actions that people and Qlik apps read.
 *
 * @throws CascadeError SETTINGS_INVALID, naming the setting.
 */
export function parseChainsSettings(params: Params): ChainsSettings {
  const apiKey = textSetting(params, 'READ_API_KEY');
  const secret = textSetting(params, 'READ_JWT_SECRET');
  const claims = claimsIn(params);
  const byToken: readonly ReaderCredential[] = [
    ...(secret === undefined ? [] : [{ kind: 'jwt-secret', secret, ...claims } as const]),
    ...jwksReader(params, claims),
  ];
  if (byToken.length === 0) refuseUnused(claims);
  const readers = [...(apiKey === undefined ? [] : [{ kind: 'api-key', apiKey } as const]), ...byToken];
  if (readers.length > 0) return { readers };
  throw settingError('READ_API_KEY', 'is missing, and so are READ_JWT_SECRET and READ_JWT_JWKS_URL: nobody could read');
}

function refuseUnused({ issuer, audience }: TokenClaims): void {
  const unused = 'is set without READ_JWT_SECRET or READ_JWT_JWKS_URL: there is no token that could have it';
  if (issuer !== undefined) throw settingError('READ_JWT_ISSUER', unused);
  if (audience !== undefined) throw settingError('READ_JWT_AUDIENCE', unused);
}
