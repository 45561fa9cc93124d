import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { refusedError } from './bad-document.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** What to write in place of a document. If `write` is absent, nothing is written. */
export interface Change<T> {
  /** What `changeDocument` returns once `write` is stored, or without a `write`. */
  readonly result: T;
  /** The whole document. Its `_id` and `_rev` are filled in. */
  readonly write?: object;
}

/**
 * Reads a document, decides what to write in its place, and writes it. Actions and commands that work on the same
 * document use this, so that none of them erases what another wrote: if somebody wrote the document in between (a
 * conflict), this reads it and decides again.
 *
 * @param decide - gets the document as it was just read; undefined if there is none.
 * @param known - saves the first read: the document as the caller has read it, or `absent` if there is probably none.
 * @returns the result of the last decision; undefined if each of 20 writes met a conflict.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED; what `decide` throws.
 */
export async function changeDocument<T extends object | string | number | boolean>(
  _id: string,
  store: Pick<CouchPort, 'get' | 'put'>,
  decide: (found: StoredDocument | undefined) => Change<T> | Promise<Change<T>>,
  known?: StoredDocument | 'absent',
): Promise<T | undefined> {
  // What the caller knows serves for the first try only.
  let first = known;
  return retryOnConflict(async () => {
    const found = first === 'absent' ? undefined : (first ?? (await store.get(_id)));
    first = undefined;
    const { result, write } = await decide(found);
    if (write === undefined) return result;
    const written = await store.put({ ...write, _id, ...(found && { _rev: found._rev }) });
    if (written.kind === 'refused') throw refusedError(_id, written);
    return written.kind === 'stored' ? result : undefined;
  });
}
