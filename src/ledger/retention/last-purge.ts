import type { CouchPort } from '../../clients/couchdb/couchdb-port.ts';
import { PURGE_ID } from '../../core/document-ids.ts';
import type { EpochMs } from '../../core/units.ts';
import { refusedError } from '../bad-document.ts';
import { isInstant } from '../document-reader.ts';

/**
 * Reads when the ledger (Cascade's memory) was last purged of old documents, by the store's clock. `cascade runs
 * --problems` warns if that is more than a week ago. Undefined if no purge has ended yet, or if somebody spoilt the
 * document.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function lastPurge(store: Pick<CouchPort, 'get'>): Promise<EpochMs | undefined> {
  const at = (await store.get(PURGE_ID))?.['at'];
  return isInstant(at) ? (at as EpochMs) : undefined;
}

/**
 * Writes into the document `purge` when a purge ended, and how many documents it removed. A conflict does not matter:
 * another purge ended just then, and wrote nearly the same time.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function writeLastPurge(
  store: Pick<CouchPort, 'get' | 'put'>,
  { at, removed }: { readonly at: EpochMs; readonly removed: number },
): Promise<void> {
  const found = await store.get(PURGE_ID);
  const document = { _id: PURGE_ID, ...(found && { _rev: found._rev }), schema: 1, type: 'purge', at, removed };
  const written = await store.put(document);
  if (written.kind === 'refused') throw refusedError(PURGE_ID, written);
}
