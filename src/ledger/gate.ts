import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { definedFields } from '../core/defined-fields.ts';
import { gateId } from '../core/document-ids.ts';
import type { TenantName } from '../core/names.ts';
import type { EpochMs } from '../core/units.ts';
import { readOrLog } from './bad-document.ts';
import { changeDocument } from './change-document.ts';
import { echoOf, type GateDocument, readGate } from './documents/gate.ts';
import type { LedgerLog } from './ledger-log.ts';

type Facts = Pick<GateDocument, 'until' | 'echoes' | 'echoesAt'>;

/**
 * Changes some facts about a tenant and keeps the others. A malformed document is written anew.
 *
 * It never fails: Cascade finds out again what was not written.
 *
 * @param change - returns the new facts, or undefined to write nothing.
 */
async function changeGate(
  tenant: TenantName,
  change: (known: Facts) => Facts | undefined,
  store: Pick<CouchPort, 'get' | 'put'>,
  log: LedgerLog,
): Promise<void> {
  try {
    await changeDocument(gateId(tenant), store, (found) => {
      const { until, echoes, echoesAt }: Facts = readOrLog(found, readGate, log) ?? {};
      const known = definedFields({ until, echoes, echoesAt });
      const changed = change(known);
      return { result: true, ...(changed && { write: { schema: 1, type: 'gate', ...known, ...changed } }) };
    });
  } catch (error) {
    log.warn('The gate could not be changed', { tenant, why: error instanceof Error ? error.message : String(error) });
  }
}

/**
 * Shuts a tenant's gate until an instant of the store's clock. A gate that is shut for longer stays so.
 *
 * It never fails: if the gate stays open, the tenant itself answers the next POST with its rate limit.
 *
 * @returns until when the gate is shut.
 */
export async function shutGate(
  tenant: TenantName,
  until: EpochMs,
  store: Pick<CouchPort, 'get' | 'put'>,
  log: LedgerLog,
): Promise<EpochMs> {
  let shutUntil = until;
  const change = ({ until: known }: Facts) => {
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
 * Remembers whether a tenant's records give our `resourceId` back. One record that does is enough for as long as the
 * tenant keeps its address: from then on no reload without a `resourceId` is ours.
 *
 * It never fails: Cascade finds out again what was not remembered.
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
