import type { CouchPort } from '../../clients/couchdb/couchdb-port.ts';
import { SCHEMA_ID } from '../../core/document-ids.ts';
import { type DurationMs, days } from '../../core/units.ts';

type Store = Pick<CouchPort, 'get'>;

/**
 * The retention of the deployed actions: their RETENTION_DAYS. The ledger (Cascade's memory) has it from deployment. No
 * purge, whose own setting may be another one, removes documents earlier than that.
 *
 * @param otherwise - what counts if no deployment has written it yet.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function deployedRetention(store: Store, otherwise: DurationMs): Promise<DurationMs> {
  const deployed = Number((await store.get(SCHEMA_ID))?.['retentionDays']);
  return deployed > 0 ? days(deployed) : otherwise;
}

/**
 * How long a purge (it removes old documents from the ledger) has to keep documents: for `given`, or for the retention
 * of the deployed actions if that is longer. These ignore an end that is older than their retention less a day. If a
 * purge removed an event (the document of one end) earlier, its webhook could come again, and the action `receiver`
 * would take it for a new end.
 *
 * @param given - RETENTION_DAYS in the settings of whoever purges.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function longerRetention(store: Store, given: DurationMs): Promise<DurationMs> {
  return Math.max(given, await deployedRetention(store, given)) as DurationMs;
}
