import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import type { TenantFacts } from '../contracts/order-request.ts';
import { definedFields } from '../core/defined-fields.ts';
import type { EpochMs } from '../core/units.ts';
import { readOrLog } from './bad-document.ts';
import { echoOf, readGate } from './documents/gate.ts';
import type { LedgerLog } from './ledger-log.ts';

/**
 * What the ledger knows about a tenant that takes reloads. A malformed gate counts as missing, and is logged.
 *
 * @param gate - the document `gate:<tenant>`.
 * @param tenantUrl - the address in the ledger: `BoundTenant.url`.
 * @param address - the tenant's address in the settings. `echoes` counts only if it was learned there; without an address it
 *   always counts.
 * @param now - the store's clock, if it is known.
 */
export function tenantFacts(
  gate: StoredDocument | undefined,
  tenantUrl: string | undefined,
  {
    address,
    now = 0 as EpochMs,
    log,
  }: {
    readonly address: string | undefined;
    readonly now: EpochMs | undefined;
    readonly log: Pick<LedgerLog, 'error'>;
  },
): TenantFacts {
  const known = readOrLog(gate, readGate, log);
  const until = known?.until;
  const gateUntil = until !== undefined && until > now ? until : undefined;
  return definedFields({ gateUntil, echoes: echoOf(known, address), tenantUrl });
}
