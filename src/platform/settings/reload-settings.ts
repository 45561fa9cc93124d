import type { QlikCredential, QlikTenant } from '../../clients/qlik/qlik-tenant.ts';
import { qlikTenants } from '../../contracts/generated/qlik-tenants.cjs';
import type { QlikTenantSetting } from '../../contracts/tenant-settings.ts';
import { DEFAULT_TENANT, type TenantName } from '../../core/names.ts';
import type { Params } from '../define-action.ts';
import { cleanText, namedList, secureUrl, settingError, textSetting } from './setting.ts';

/** The tenants of Qlik Cloud that the actions may call, each with its address and credential. */
export interface ReloadSettings {
  readonly tenants: readonly QlikTenant[];
}

const ONE_TENANT_SETTINGS = ['QLIK_TENANT_URL', 'QLIK_API_KEY', 'QLIK_CLIENT_ID', 'QLIK_CLIENT_SECRET'];

/**
 * The parameters that manifest.yaml binds to the action `reload`. A person can call `reload` with parameters, too, so
 * `reload` first takes these out. An input named `A_or_B` has the values of all settings in its name. Deployment fails
 * if such an input is empty, so at least one of these settings has to be set.
 */
export const RELOAD_INPUTS: readonly string[] = [
  ...ONE_TENANT_SETTINGS,
  'QLIK_TENANTS',
  'COUCHDB_URL',
  'COUCHDB_DATABASE',
  'MAX_STARTS_PER_HOUR',
  'LOG_LEVEL',
  'QLIK_TENANT_URL_or_QLIK_TENANTS',
  'QLIK_API_KEY_or_QLIK_CLIENT_SECRET_or_QLIK_TENANTS',
];

/** Visible ASCII: an API key that fits into a header. With another one, calls would fail as if Qlik did not answer. */
const SENDABLE = /^[!-~]+$/;

/**
 * Reads how to reach the tenants: QLIK_TENANTS for several, or QLIK_TENANT_URL and a credential for one. The actions
 * `reload` and `collector` need them, because only these two call Qlik.
 *
 * @throws CascadeError SETTINGS_INVALID. It names the setting.
 */
export function parseReloadSettings(params: Params): ReloadSettings {
  const several = namedList(params, 'QLIK_TENANTS', 'tenant', qlikTenants, ONE_TENANT_SETTINGS);
  if (several !== undefined) return { tenants: several.map((each) => tenantOf(each, `QLIK_TENANTS ("${each.name}")`)) };
  const [url, apiKey = '', clientId = '', clientSecret = ''] = ONE_TENANT_SETTINGS.map((name) =>
    textSetting(params, name),
  );
  if (url === undefined)
    throw settingError('QLIK_TENANT_URL', 'is missing, and so is QLIK_TENANTS: set one of the two');
  const only = { name: DEFAULT_TENANT, url, apiKey, clientId, clientSecret };
  return { tenants: [tenantOf(only, 'QLIK_TENANT_URL', 'QLIK_API_KEY (or QLIK_CLIENT_ID with QLIK_CLIENT_SECRET)')] };
}

/** @param ofCredential - the setting that messages about the credential name. */
function tenantOf(tenant: QlikTenantSetting, setting: string, ofCredential = setting): QlikTenant {
  const { url, apiKey = '', clientId = '', clientSecret = '' } = tenant;
  for (const text of [url, apiKey, clientId, clientSecret]) cleanText(setting, text);
  return {
    name: tenant.name as TenantName,
    origin: originOf(setting, url),
    credential: credentialOf(ofCredential, { apiKey, clientId, clientSecret }),
  };
}

function originOf(setting: string, text: string): string {
  const url = secureUrl(setting, text);
  if (url.pathname !== '/' || url.search !== '')
    throw settingError(setting, 'has to be the tenant’s address alone, without a path');
  return url.origin;
}

function credentialOf(
  setting: string,
  { apiKey, clientId, clientSecret }: Required<Pick<QlikTenantSetting, 'apiKey' | 'clientId' | 'clientSecret'>>,
): QlikCredential {
  if (apiKey && (clientId || clientSecret))
    throw settingError(setting, 'has both an API key and an OAuth client: use one');
  if (apiKey && !SENDABLE.test(apiKey))
    throw settingError(setting, 'has an API key with white space or strange letters');
  if (apiKey) return { kind: 'api-key', apiKey };
  if (clientId && clientSecret) return { kind: 'oauth', clientId, clientSecret };
  throw settingError(setting, 'has no complete credential: an API key, or a client id with its client secret');
}
