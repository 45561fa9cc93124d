import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { gateId } from '../core/document-ids.ts';
import type { TenantName } from '../core/names.ts';
import type { GateDocument } from './documents/gate-document.ts';
import type { LedgerLog } from './ledger-log.ts';
import { readGate } from './read-gate.ts';
import { readOrTell } from './read-or-tell.ts';

type Facts = Pick<GateDocument, 'until' | 'echoes' | 'echoesAt'>;

const MOST_TRIES = 5;

/**
 * Changes what the ledger knows of a tenant, and keeps the rest. A document that somebody spoilt is written anew.
 *
 * Never fails: what is not written is found out again.
 *
 * @param change - what is to be known; undefined where nothing has to be written.
 */
export async function changeGate(
  tenant: TenantName,
  change: (known: Facts) => Facts | undefined,
  store: Pick<CouchPort, 'get' | 'put'>,
  log: LedgerLog,
): Promise<void> {
  try {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const found = await store.get(gateId(tenant));
      const known = factsOf(found === undefined ? undefined : readOrTell(found, readGate, log));
      const changed = change(known);
      if (changed === undefined) return;
      const rev = found === undefined ? {} : { _rev: found._rev };
      const next = { _id: gateId(tenant), ...rev, schema: 1, type: 'gate', ...known, ...changed };
      if ((await store.put(next)).kind !== 'conflict') return;
    }
  } catch (error) {
    log.warn('The gate could not be changed', { tenant, why: error instanceof Error ? error.message : String(error) });
  }
}

const factsOf = ({ until, echoes, echoesAt }: Facts = {}): Facts => ({
  ...(until !== undefined && { until }),
  ...(echoes !== undefined && { echoes }),
  ...(echoesAt !== undefined && { echoesAt }),
});
