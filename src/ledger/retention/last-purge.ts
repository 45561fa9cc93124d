import type { CouchPort } from '../../clients/couchdb/couchdb-port.ts';
import { PURGE_ID } from '../../core/document-ids.ts';
import { addMs, type DurationMs, type EpochMs } from '../../core/units.ts';
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
  return instantOf((await store.get(PURGE_ID))?.['at']);
}

/**
 * Reads up to which instant purges may have removed what was final, by the store's clock. Undefined if no purge of this
 * version has ended yet, or if somebody spoilt the document.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function purgedBefore(store: Pick<CouchPort, 'get'>): Promise<EpochMs | undefined> {
  return instantOf((await store.get(PURGE_ID))?.['before']);
}

const instantOf = (value: unknown): EpochMs | undefined => (isInstant(value) ? (value as EpochMs) : undefined);

/**
 * Writes into the document `purge` when a purge ended, how many documents it removed, and up to which instant purges
 * may have removed what was final (`before`). An earlier purge may have had a shorter retention, so `before` never goes
 * back. A conflict does not matter: another purge ended just then, and wrote nearly the same time.
 *
 * @param retention - how long the purge kept documents after they became final.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function writeLastPurge(
  store: Pick<CouchPort, 'get' | 'put'>,
  { at, removed, retention }: { readonly at: EpochMs; readonly removed: number; readonly retention: DurationMs },
): Promise<void> {
  const found = await store.get(PURGE_ID);
  const before = Math.max(instantOf(found?.['before']) ?? 0, addMs(at, -retention as DurationMs));
  const document = { _id: PURGE_ID, ...(found && { _rev: found._rev }), schema: 1, type: 'purge', at, removed, before };
  const written = await store.put(document);
  if (written.kind === 'refused') throw refusedError(PURGE_ID, written);
}
