import type { CouchPort } from '../../clients/couchdb/couchdb-port.ts';
import { SCHEMA_ID } from '../../core/document-ids.ts';
import { type DurationMs, days } from '../../core/units.ts';

/**
 * How long a purge keeps documents that are final: for `given`, or for the retention of the deployed receiver if that is
 * longer. Deployment wrote the receiver's retention into the ledger (Cascade's memory). If a purge kept an event (the document
 * of an ended reload) for a shorter time, its webhook could come again, and the receiver would take it for a new end.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function longerRetention(store: Pick<CouchPort, 'get'>, given: DurationMs): Promise<DurationMs> {
  const deployed = Number((await store.get(SCHEMA_ID))?.['retentionDays']);
  return deployed > 0 ? (Math.max(given, days(deployed)) as DurationMs) : given;
}
