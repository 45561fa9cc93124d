import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { gateId } from '../core/document-ids.ts';
import type { TenantName } from '../core/names.ts';
import type { EpochMs } from '../core/units.ts';
import { readOrLog } from './bad-document.ts';
import { echoOf, type GateDocument, readGate } from './documents/gate.ts';
import type { LedgerLog } from './ledger-log.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

type Facts = Pick<GateDocument, 'until' | 'echoes' | 'echoesAt'>;

/**
 * Changes what the ledger knows of a tenant, and keeps the rest. A document that somebody spoilt is written anew.
 *
 * Never fails: what is not written is found out again.
 *
 * @param change - what is to be known; undefined if nothing has to be written.
 */
export async function changeGate(
  tenant: TenantName,
  change: (known: Facts) => Facts | undefined,
  store: Pick<CouchPort, 'get' | 'put'>,
  log: LedgerLog,
): Promise<void> {
  try {
    await retryOnConflict(async () => {
      const found = await store.get(gateId(tenant));
      const known = factsOf(readOrLog(found, readGate, log));
      const changed = change(known);
      if (changed === undefined) return true;
      const rev = found === undefined ? {} : { _rev: found._rev };
      const next = { _id: gateId(tenant), ...rev, schema: 1, type: 'gate', ...known, ...changed };
      return (await store.put(next)).kind === 'conflict' ? undefined : true;
    });
  } catch (error) {
    log.warn('The gate could not be changed', { tenant, why: error instanceof Error ? error.message : String(error) });
  }
}

const factsOf = ({ until, echoes, echoesAt }: Facts = {}): Facts => ({
  ...(until !== undefined && { until }),
  ...(echoes !== undefined && { echoes }),
  ...(echoesAt !== undefined && { echoesAt }),
});

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
