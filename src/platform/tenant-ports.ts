import { httpQlik } from '../clients/qlik/http-qlik.ts';
import type { QlikPort } from '../clients/qlik/qlik-port.ts';
import type { QlikTenant } from '../clients/qlik/qlik-tenant.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { TenantName } from '../core/names.ts';
import type { EpochMs } from '../core/units.ts';

// Kept while the container lives, each with its OAuth token. Other settings for a tenant make another port.
const ports = new Map<string, QlikPort>();

/**
 * The port to the tenant of that name; `now` is the container's clock.
 *
 * @throws CascadeError SETTINGS_INVALID for a tenant that is not among `tenants`.
 */
export function tenantPort(name: TenantName, tenants: readonly QlikTenant[], now: () => EpochMs): QlikPort {
  const tenant = tenants.find((candidate) => candidate.name === name);
  if (tenant === undefined) {
    const known = tenants.map((candidate) => candidate.name).join(', ');
    throw new CascadeError(
      'SETTINGS_INVALID',
      `The tenant "${name}" is not in the settings, which have ${known}. Add it to QLIK_TENANTS and deploy again.`,
    );
  }
  const key = JSON.stringify(tenant);
  const port = ports.get(key) ?? httpQlik(tenant, now);
  ports.set(key, port);
  return port;
}

/** The address of a tenant in the settings; undefined for one that they do not have. */
export const addressesIn =
  (tenants: readonly QlikTenant[]) =>
  (name: TenantName): string | undefined =>
    tenants.find((candidate) => candidate.name === name)?.origin;
