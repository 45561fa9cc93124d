import type { QlikCredential, QlikTenant } from '../../clients/qlik/qlik-tenant.ts';
import { qlikTenants } from '../../contracts/generated/qlik-tenants.cjs';
import type { QlikTenantSetting } from '../../contracts/tenant-settings.ts';
import { DEFAULT_TENANT, type TenantName } from '../../core/names.ts';
import type { Params } from '../define-action.ts';
import { cleanText, duplicateIn, jsonSetting, secureUrl, settingError, textSetting } from './setting.ts';

export interface ReloadSettings {
  readonly tenants: readonly QlikTenant[];
}

const ONE_TENANT_SETTINGS = ['QLIK_TENANT_URL', 'QLIK_API_KEY', 'QLIK_CLIENT_ID', 'QLIK_CLIENT_SECRET'];

/** Every parameter that manifest.yaml binds to `reload`: its settings, and the inputs that only demand one of them. */
export const RELOAD_SETTINGS: readonly string[] = [
  ...ONE_TENANT_SETTINGS,
  'QLIK_TENANTS',
  'COUCHDB_URL',
  'COUCHDB_DATABASE',
  'MAX_STARTS_PER_HOUR',
  'LOG_LEVEL',
  'QLIK_TENANT_URL_or_QLIK_TENANTS',
  'QLIK_API_KEY_or_QLIK_CLIENT_SECRET_or_QLIK_TENANTS',
];

/** What a header can carry: anything else would fail each call as if Qlik did not answer. */
const SENDABLE = /^[!-~]+$/;

function originOf(setting: string, text: string): string {
  const url = secureUrl(setting, text);
  if (url.pathname !== '/' || url.search !== '')
    throw settingError(setting, 'has to be the tenant’s address alone, without a path');
  return url.origin;
}

function credentialOf(
  setting: string,
  { apiKey, clientId, clientSecret }: Pick<QlikTenantSetting, 'apiKey' | 'clientId' | 'clientSecret'>,
): QlikCredential {
  const oauth = clientId ? clientSecret : undefined;
  if (apiKey && (clientId || clientSecret))
    throw settingError(setting, 'has both an API key and an OAuth client: use one');
  if (apiKey && !SENDABLE.test(apiKey))
    throw settingError(setting, 'has an API key with white space or strange letters');
  if (apiKey) return { kind: 'api-key', apiKey };
  if (clientId && oauth) return { kind: 'oauth', clientId, clientSecret: oauth };
  throw settingError(setting, 'has no complete credential: an API key, or a client id with its client secret');
}

function onlyTenant(params: Params): QlikTenant {
  const url = textSetting(params, 'QLIK_TENANT_URL');
  if (url === undefined)
    throw settingError('QLIK_TENANT_URL', 'is missing, and so is QLIK_TENANTS: set one of the two');
  const credential = {
    apiKey: textSetting(params, 'QLIK_API_KEY') ?? '',
    clientId: textSetting(params, 'QLIK_CLIENT_ID') ?? '',
    clientSecret: textSetting(params, 'QLIK_CLIENT_SECRET') ?? '',
  };
  return {
    name: DEFAULT_TENANT,
    origin: originOf('QLIK_TENANT_URL', url),
    credential: credentialOf('QLIK_API_KEY (or QLIK_CLIENT_ID with QLIK_CLIENT_SECRET)', credential),
  };
}

function severalTenants(params: Params): readonly QlikTenant[] | undefined {
  const settings = jsonSetting(params, 'QLIK_TENANTS', qlikTenants);
  if (settings === undefined) return undefined;
  const single = ONE_TENANT_SETTINGS.find((name) => textSetting(params, name) !== undefined);
  if (single !== undefined) throw settingError(single, 'is set beside QLIK_TENANTS: use one of the two ways');
  const name = duplicateIn(settings.map((tenant) => tenant.name));
  if (name !== undefined) throw settingError('QLIK_TENANTS', `names the tenant "${name}" twice`);
  return settings.map(oneOfSeveral);
}

function oneOfSeveral(tenant: QlikTenantSetting): QlikTenant {
  const setting = `QLIK_TENANTS ("${tenant.name}")`;
  const { url, apiKey = '', clientId = '', clientSecret = '' } = tenant;
  for (const text of [url, apiKey, clientId, clientSecret]) cleanText(setting, text);
  return {
    name: tenant.name as TenantName,
    origin: originOf(setting, url),
    credential: credentialOf(setting, tenant),
  };
}

/**
 * Reads the settings of `reload`.
 *
 * @throws CascadeError SETTINGS_INVALID, naming the setting.
 */
export const parseReloadSettings = (params: Params): ReloadSettings => ({
  tenants: severalTenants(params) ?? [onlyTenant(params)],
});
