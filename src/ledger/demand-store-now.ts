import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { EpochMs } from '../core/units.ts';

/**
 * The store's clock, for work that has no other clock. Call this after the store has answered.
 *
 * @throws CascadeError STORE_UNAVAILABLE if no answer had a `Date`. CouchDB always sends one; a proxy may remove it.
 */
export function demandStoreNow(store: Pick<CouchPort, 'now'>): EpochMs {
  const now = store.now();
  if (now !== undefined) return now;
  throw new CascadeError(
    'STORE_UNAVAILABLE',
    'CouchDB answered without a date. A proxy before it may remove the header: look there, or try again later.',
  );
}
