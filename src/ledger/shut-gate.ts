import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../core/names.ts';
import type { EpochMs } from '../core/units.ts';
import { changeGate } from './change-gate.ts';
import type { LedgerLog } from './ledger-log.ts';

/**
 * Shuts a tenant's gate until an instant of the store's clock; one that is shut for longer stays so.
 *
 * Never fails: an open gate only means that others are told the rate limit by the tenant itself.
 *
 * @returns until when it is shut.
 */
export async function shutGate(
  tenant: TenantName,
  until: EpochMs,
  store: Pick<CouchPort, 'get' | 'put'>,
  log: LedgerLog,
): Promise<EpochMs> {
  let shutUntil = until;
  const change = ({ until: known }: { readonly until?: EpochMs }) => {
    if (known === undefined || known < until) return { until };
    shutUntil = known;
    return undefined;
  };
  await changeGate(tenant, change, store, log);
  return shutUntil;
}
