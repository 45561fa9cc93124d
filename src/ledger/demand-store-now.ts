import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { EpochMs } from '../core/units.ts';

/**
 * The store's clock: the `Date` of CouchDB's last answer, and the time since. Deployment and the metrics need it,
 * because a time by another machine's clock could not be compared with the times in the documents. Call this after the
 * store has answered.
 *
 * @throws CascadeError STORE_UNAVAILABLE if no answer had a `Date`. CouchDB sends one; a proxy may remove it.
 */
export function demandStoreNow(store: Pick<CouchPort, 'now'>): EpochMs {
  const now = store.now();
  if (now !== undefined) return now;
  throw new CascadeError(
    'STORE_UNAVAILABLE',
    'CouchDB answered without a date. A proxy before it may remove the header: look there, or try again later.',
  );
}
