import type { Params } from '../define-action.ts';
import { secureUrl, settingError, textSetting } from './setting.ts';

/** One way in which a reader proves that it may read. */
export type ReaderCredential =
  | { readonly kind: 'api-key'; readonly apiKey: string }
  | { readonly kind: 'jwt-secret'; readonly secret: string }
  | { readonly kind: 'jwks'; readonly url: string; readonly issuer: string; readonly audience: string };

export interface ChainsSettings {
  /** At least one; each is enough. */
  readonly readers: readonly ReaderCredential[];
}

function jwksReader(params: Params): ReaderCredential[] {
  const url = textSetting(params, 'READ_JWT_JWKS_URL');
  if (url === undefined) return [];
  const issuer = textSetting(params, 'READ_JWT_ISSUER');
  const audience = textSetting(params, 'READ_JWT_AUDIENCE');
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
  const readers: ReaderCredential[] = [
    ...(apiKey === undefined ? [] : [{ kind: 'api-key', apiKey } as const]),
    ...(secret === undefined ? [] : [{ kind: 'jwt-secret', secret } as const]),
    ...jwksReader(params),
  ];
  if (readers.length > 0) return { readers };
  throw settingError('READ_API_KEY', 'is missing, and so are READ_JWT_SECRET and READ_JWT_JWKS_URL: nobody could read');
}
