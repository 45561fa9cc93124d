import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { changeDocument } from '../../src/ledger/change-document.ts';

/**
 * Writes `replayedAt` into the documents that the new orders of a replay refer to, before the orders are created. A
 * purge (it removes old documents from the ledger) may just have chosen to remove these documents. With a new rev
 * (CouchDB's name of a version) they stay. A purge that reads them later sees that they are not old any more.
 *
 * @param event - the id of the event that is replayed.
 * @param others - the ids of the other documents. One that does not exist is left out.
 * @returns false if the event does not exist any more.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function touchForReplay(
  store: Pick<CouchPort, 'get' | 'put'>,
  { event, others, at }: { readonly event: string; readonly others: readonly string[]; readonly at: EpochMs },
): Promise<boolean> {
  // The event comes first. If it is gone, nothing is changed.
  if (!(await touch(store, event, at))) return false;
  for (const id of new Set(others)) if (id !== event) await touch(store, id, at);
  return true;
}

/** Returns whether the document exists. */
async function touch(store: Pick<CouchPort, 'get' | 'put'>, id: string, replayedAt: EpochMs): Promise<boolean> {
  const isThere = await changeDocument(id, store, (found) =>
    found === undefined ? { result: false } : { result: true, write: { ...found, replayedAt } },
  );
  if (isThere !== undefined) return isThere;
  throw new CascadeError('STORE_UNAVAILABLE', `Others write ${id} all the time: replay again.`);
}
