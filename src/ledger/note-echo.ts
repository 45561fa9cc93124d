import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../core/names.ts';
import { changeGate } from './change-gate.ts';
import type { LedgerLog } from './ledger-log.ts';
import { echoOf } from './read-gate.ts';

/** What a record of a tenant shows. */
export interface Echo {
  /** Whether it gave our `resourceId` back. */
  readonly echoes: boolean;
  /** The address of the tenant that showed it. */
  readonly at: string;
}

/**
 * Remembers whether a tenant's records give our `resourceId` back. That one record did is remembered as long as the tenant
 * stays where it is: in such a tenant no reload without it is ours.
 *
 * Never fails: what is not remembered is found out again.
 */
export const noteEcho = (
  tenant: TenantName,
  { echoes, at }: Echo,
  store: Pick<CouchPort, 'get' | 'put'>,
  log: LedgerLog,
): Promise<void> =>
  changeGate(
    tenant,
    (gate) => {
      const known = echoOf(gate, at);
      return known === true || known === echoes ? undefined : { echoes, echoesAt: at };
    },
    store,
    log,
  );
