import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { gateId } from '../core/document-ids.ts';
import type { TenantName } from '../core/names.ts';
import type { EpochMs } from '../core/units.ts';
import type { LedgerLog } from './ledger-log.ts';
import { readGate } from './read-gate.ts';
import { readOrTell } from './read-or-tell.ts';

const MOST_TRIES = 5;

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
  try {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const found = await store.get(gateId(tenant));
      const gate = found === undefined ? undefined : readOrTell(found, readGate, log);
      if (gate !== undefined && gate.until >= until) return gate.until;
      const rev = found === undefined ? {} : { _rev: found._rev };
      const written = await store.put({ _id: gateId(tenant), ...rev, schema: 1, type: 'gate', until });
      if (written.kind !== 'conflict') return until;
    }
  } catch (error) {
    log.warn('The gate could not be shut', { tenant, why: error instanceof Error ? error.message : String(error) });
  }
  return until;
}
