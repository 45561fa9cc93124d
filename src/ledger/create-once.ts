import type { CouchPort, NewDocument, StoredDocument, Written } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { refusedError } from './bad-document.ts';

/** What came of creating a document that must not get lost. */
export type Created =
  | { readonly kind: 'stored'; readonly rev: string }
  /** `isMaybeOurs`: an answer was lost, so that it may be what was just sent. */
  | { readonly kind: 'exists'; readonly document: StoredDocument; readonly isMaybeOurs: boolean };

/**
 * Creates a document, and reads it where it exists already. Without an answer it is sent once more: at most three requests.
 *
 * Invariant: it returns only if the document is stored.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: it may be stored or not, and is nobody's duty; DOCUMENT_REFUSED.
 */
export async function createOnce(store: Pick<CouchPort, 'put' | 'get'>, document: NewDocument): Promise<Created> {
  const first = await putOrLost(store, document);
  const written = first ?? (await store.put(document));
  if (written.kind === 'stored') return written;
  if (written.kind === 'refused') throw refusedError(document._id, written);
  const found = await store.get(document._id);
  if (found === undefined) throw new CascadeError('STORE_UNAVAILABLE', goneText(document));
  return { kind: 'exists', document: found, isMaybeOurs: first === undefined };
}

/** Undefined if it is not known whether it is stored. */
async function putOrLost(store: Pick<CouchPort, 'put'>, document: NewDocument): Promise<Written | undefined> {
  try {
    return await store.put(document);
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'STORE_UNAVAILABLE') return undefined;
    throw error;
  }
}

const goneText = ({ _id }: NewDocument): string =>
  `CouchDB said that the document ${_id} exists, and then that it does not: somebody deletes from the ledger.`;
