import { definedFields } from '../core/defined-fields.ts';
import type { CompiledChains } from '../core/link.ts';
import type { TenantAddress } from '../ledger/install/bind-tenants.ts';
import { parseReceiverSettings } from '../platform/settings/receiver-settings.ts';
import { parseReloadSettings } from '../platform/settings/reload-settings.ts';
import type { Environment } from './environment.ts';

/**
 * The names and addresses of the tenants in which Cascade reloads apps, by the settings in `env`. Each has Qlik's id of
 * the tenant, if the webhook's settings have it. Deployment writes them into the ledger (Cascade's memory in CouchDB),
 * so that two deployments cannot mean different tenants by one name. The list is empty if there is no tenant.
 *
 * @throws CascadeError SETTINGS_INVALID.
 */
export function configuredTenants(env: Environment): readonly TenantAddress[] {
  if (!env['QLIK_TENANT_URL'] && !env['QLIK_TENANTS']) return [];
  const hasReceiver = env['WEBHOOK_SECRET'] || env['WEBHOOK_API_KEY'] || env['WEBHOOK_TENANTS'];
  const posting = hasReceiver ? parseReceiverSettings(env).tenants : [];
  return parseReloadSettings(env).tenants.map(({ name, origin }) => {
    const id = posting.find((tenant) => tenant.name === name)?.id;
    return { name, url: origin, ...definedFields({ id }) };
  });
}

/**
 * Finds the tenants that the chains name and the settings in `env` lack. Cascade could not reload their apps, or would
 * not get their webhooks. `cascade check --deploy` prints the messages. Settings that are invalid are left out here,
 * because `checkSettings` reports them.
 */
export function checkTenants(env: Environment, { links }: CompiledChains): string[] {
  const all = Object.values(links).flat();
  const targets = all.map(({ target }) => target.tenant);
  const upstreams = all.map(({ after }) => after.tenant);
  return [
    ...missing(targets, () => parseReloadSettings(env), 'QLIK_TENANTS', 'reload apps there'),
    ...missing(upstreams, () => parseReceiverSettings(env), 'WEBHOOK_TENANTS', 'receive webhooks about reloads there'),
  ];
}

function missing(
  named: readonly string[],
  parse: () => { readonly tenants: readonly { readonly name: string }[] },
  setting: string,
  loss: string,
): string[] {
  let known: Set<string>;
  try {
    known = new Set(parse().tenants.map(({ name }) => name));
  } catch {
    return [];
  }
  return [...new Set(named)]
    .filter((tenant) => !known.has(tenant))
    .sort()
    .map(
      (tenant) => `The chains name a tenant "${tenant}", which ${setting} does not have: Cascade could not ${loss}.`,
    );
}
