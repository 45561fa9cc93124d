import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../core/names.ts';
import { changeGate } from './change-gate.ts';
import type { LedgerLog } from './ledger-log.ts';

/**
 * Remembers whether a tenant's records give our `resourceId` back. That one record did is remembered for good: in such a
 * tenant no reload without it is ours.
 *
 * Never fails: what is not remembered is found out again.
 */
export const noteEcho = (
  tenant: TenantName,
  echoes: boolean,
  store: Pick<CouchPort, 'get' | 'put'>,
  log: LedgerLog,
): Promise<void> =>
  changeGate(tenant, ({ echoes: known }) => (known === true || known === echoes ? undefined : { echoes }), store, log);
