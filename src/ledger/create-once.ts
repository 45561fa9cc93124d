import type { CouchPort, NewDocument, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { refusedError } from './bad-document.ts';
import { isStoreSilent } from './patient-store.ts';

/** What came of creating a document. */
export type Created =
  | { readonly kind: 'stored'; readonly rev: string }
  /**
   * A document with this id exists. `isMaybeOurs`: our first request got no clear answer, so it may have stored this
   * document.
   */
  | { readonly kind: 'exists'; readonly document: StoredDocument; readonly isMaybeOurs: boolean };

/**
 * Creates a document, or reads the one that exists. The action `receiver`, for example, stores a webhook like this: if
 * Qlik delivers the webhook twice, the second delivery finds the document of the first. If the store gives no clear
 * answer to the write, this sends the document a second time. So there are at most three calls of the store.
 *
 * Invariant: when this returns, a document with this id was in the store.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: the document may be stored or not; DOCUMENT_REFUSED.
 */
export async function createOnce(store: Pick<CouchPort, 'put' | 'get'>, document: NewDocument): Promise<Created> {
  const first = await store.put(document).catch((error) => {
    if (!isStoreSilent(error)) throw error;
  });
  const written = first ?? (await store.put(document));
  if (written.kind === 'stored') return written;
  if (written.kind === 'refused') throw refusedError(document._id, written);
  const found = await store.get(document._id);
  if (found !== undefined) return { kind: 'exists', document: found, isMaybeOurs: first === undefined };
  throw new CascadeError(
    'STORE_UNAVAILABLE',
    `CouchDB said that the document ${document._id} exists, and then that it does not: somebody deletes from the ledger.`,
  );
}
