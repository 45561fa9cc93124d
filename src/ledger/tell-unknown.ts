import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../core/names.ts';
import type { EpochMs } from '../core/units.ts';
import type { LedgerLog } from './ledger-log.ts';
import { raiseAlert } from './raise-alert.ts';

/** Alerts people that the ledger has work for a tenant which the settings do not know: that work waits until they do. */
export const tellUnknown = (
  tenant: TenantName,
  store: Pick<CouchPort, 'put' | 'get'>,
  { traceId, at }: { readonly traceId: string; readonly at: EpochMs },
  log: LedgerLog,
): Promise<boolean> =>
  raiseAlert(store, { kind: 'tenant-unknown', subject: tenant, message: textOf(tenant), traceId, at }, log);

const textOf = (tenant: TenantName): string =>
  `The ledger has work for the tenant "${tenant}", and the settings do not know it: with these settings nothing is started there, and nothing settled. Add it to QLIK_TENANTS and deploy again. Has another deployment the same database? Then give each a COUCHDB_DATABASE of its own. Is the tenant gone for good? Then call its orders off with cascade cancel, and delete the rest that is due for it.`;
