import type { CouchPort } from '../../clients/couchdb/couchdb-port.ts';
import { SCHEMA_ID } from '../../core/document-ids.ts';
import { type DurationMs, days } from '../../core/units.ts';

/**
 * How long a purge keeps what is final: for `given`, or for the retention that the deployed receiver has if that is longer.
 * Deployment wrote the latter into the ledger. If a purge kept ends for a shorter time, the webhook of a removed end could
 * come again, and the receiver would take it for news.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function longerRetention(store: Pick<CouchPort, 'get'>, given: DurationMs): Promise<DurationMs> {
  const deployed = Number((await store.get(SCHEMA_ID))?.['retentionDays']);
  return deployed > 0 ? (Math.max(given, days(deployed)) as DurationMs) : given;
}
