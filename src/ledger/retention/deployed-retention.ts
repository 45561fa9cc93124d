import type { CouchPort } from '../../clients/couchdb/couchdb-port.ts';
import { SCHEMA_ID } from '../../core/document-ids.ts';
import { type DurationMs, days } from '../../core/units.ts';

/**
 * How long a purge (it removes old documents from the ledger, Cascade's memory) has to keep documents: for `given`, or
 * for the retention of the deployed action `receiver` if that is longer. Deployment wrote the latter into the ledger.
 * The receiver ignores an end that is older than its retention less a day. If a purge removed an event (the document of
 * one end) earlier, its webhook could come again, and the receiver would take it for a new end.
 *
 * @param given - RETENTION_DAYS in the settings of whoever purges.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function longerRetention(store: Pick<CouchPort, 'get'>, given: DurationMs): Promise<DurationMs> {
  const deployed = Number((await store.get(SCHEMA_ID))?.['retentionDays']);
  return deployed > 0 ? (Math.max(given, days(deployed)) as DurationMs) : given;
}
