import type { CouchPort } from '../../clients/couchdb/couchdb-port.ts';
import { SCHEMA_ID } from '../../core/document-ids.ts';
import { type DurationMs, days } from '../../core/units.ts';

/**
 * The longer one of a retention and that of the deployed receiver, as deployment wrote it into the ledger. A purge by
 * shorter settings would remove ends that the receiver does not take for too old, and would start again.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function longerRetention(store: Pick<CouchPort, 'get'>, given: DurationMs): Promise<DurationMs> {
  const deployed = Number((await store.get(SCHEMA_ID))?.['retentionDays']);
  return deployed > 0 ? (Math.max(given, days(deployed)) as DurationMs) : given;
}
