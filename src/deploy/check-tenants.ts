import type { CompiledChains } from '../core/link.ts';
import { parseReceiverSettings } from '../platform/settings/receiver-settings.ts';
import { parseReloadSettings } from '../platform/settings/reload-settings.ts';
import type { Environment } from './environment.ts';

/**
 * Which tenants of the chains the settings in `env` do not know: nothing could be reloaded there, or nobody could tell
 * what ended there. Settings that cannot be read are `checkSettings`' to tell; they give no problem here.
 */
export function checkTenants(env: Environment, { links }: CompiledChains): string[] {
  const all = Object.values(links).flat();
  return [
    ...missing(
      all.map(({ target }) => target.tenant),
      () => parseReloadSettings(env),
      'QLIK_TENANTS',
      'reload apps there',
    ),
    ...missing(
      all.map(({ after }) => after.tenant),
      () => parseReceiverSettings(env),
      'WEBHOOK_TENANTS',
      'hear of what ended there',
    ),
  ];
}

function missing(
  named: readonly string[],
  parse: () => { readonly tenants: readonly { readonly name: string }[] },
  setting: string,
  loss: string,
): string[] {
  const known = knownTenants(parse);
  if (known === undefined) return [];
  return [...new Set(named)]
    .filter((tenant) => !known.has(tenant))
    .sort()
    .map(
      (tenant) => `The chains name a tenant "${tenant}", which ${setting} does not have: Cascade could not ${loss}.`,
    );
}

function knownTenants(
  parse: () => { readonly tenants: readonly { readonly name: string }[] },
): ReadonlySet<string> | undefined {
  try {
    return new Set(parse().tenants.map(({ name }) => name));
  } catch {
    return undefined;
  }
}
