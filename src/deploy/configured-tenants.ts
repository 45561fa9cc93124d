import type { TenantAddress } from '../ledger/install/bind-tenants.ts';
import { parseReceiverSettings } from '../platform/settings/receiver-settings.ts';
import { parseReloadSettings } from '../platform/settings/reload-settings.ts';
import type { Environment } from './environment.ts';

/**
 * Where the tenants are that `env` has reloaded, with Qlik's id where the settings of the webhook say it; empty if it has
 * none.
 *
 * @throws CascadeError SETTINGS_INVALID.
 */
export function configuredTenants(env: Environment): readonly TenantAddress[] {
  if (!env['QLIK_TENANT_URL'] && !env['QLIK_TENANTS']) return [];
  const ids = new Map(receiversOf(env).map(({ name, id }) => [name, id]));
  return parseReloadSettings(env).tenants.map(({ name, origin }) => {
    const id = ids.get(name);
    return { name, url: origin, ...(id !== undefined && { id }) };
  });
}

const receiversOf = (env: Environment): ReturnType<typeof parseReceiverSettings>['tenants'] =>
  env['WEBHOOK_SECRET'] || env['WEBHOOK_API_KEY'] || env['WEBHOOK_TENANTS'] ? parseReceiverSettings(env).tenants : [];
