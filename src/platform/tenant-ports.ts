import { httpQlik } from '../clients/qlik/http-qlik.ts';
import type { QlikPort } from '../clients/qlik/qlik-port.ts';
import type { QlikTenant } from '../clients/qlik/qlik-tenant.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { TenantName } from '../core/names.ts';
import type { EpochMs } from '../core/units.ts';

// A port has the calls to one tenant, and keeps the tenant's OAuth token. OpenWhisk runs an action many times in one
// process. The ports stay in that process, so the next runs need no new token. The key is the tenant's settings: if
// they change, the tenant gets a new port.
const ports = new Map<string, QlikPort>();

/**
 * The port by which an action calls one of Qlik's tenants. The same settings give the same port.
 *
 * @param now - this machine's clock.
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

/**
 * Makes a function that finds a tenant's address in the settings, or undefined if they do not have the tenant. Actions
 * compare it with the tenant's address in the ledger (Cascade's memory in CouchDB).
 */
export const addressesIn =
  (tenants: readonly QlikTenant[]) =>
  (name: TenantName): string | undefined =>
    tenants.find((candidate) => candidate.name === name)?.origin;
