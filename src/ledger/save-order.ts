/*
 * Writes an order (a reload that Cascade owes) so that an activation (one run of an action) surely knows whether its
 * write counts. The action `reload` needs this, above all before it sends a POST to Qlik: two activations may work on
 * the same order, and an answer of CouchDB may be lost.
 */

import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { refusedError } from './bad-document.ts';
import { type OrderDocument, readOrder } from './documents/order.ts';
import type { PatientStore } from './patient-store.ts';

/** What came of writing an order. */
export type Saved =
  | { readonly kind: 'stored'; readonly order: OrderDocument }
  /** Somebody else changed the order first. */
  | { readonly kind: 'conflict' };

/**
 * Writes an order. The write names the rev (CouchDB's name of a version) that was read, so it meets a conflict if
 * somebody else wrote the order first.
 *
 * Invariant: `stored` means that our write is in the store. If an answer was lost, a conflict may come from our own
 * earlier write. It does if the stored document is the next version after the one that was read, and has the owner, the
 * number of claims and the state that we wrote.
 *
 * @throws CascadeError STORE_UNAVAILABLE: the order may be stored; STORE_REFUSED; DOCUMENT_REFUSED; LEDGER_MALFORMED if
 * the order became malformed while an answer was lost.
 */
export async function saveOrder(order: OrderDocument, store: Pick<PatientStore, 'put' | 'get'>): Promise<Saved> {
  // TypeScript takes a copy for a `NewDocument`, but not the order itself: its type names only certain fields.
  const written = await store.put({ ...order });
  if (written.kind === 'stored') return { kind: 'stored', order: { ...order, _rev: written.rev } };
  if (written.kind === 'refused') throw refusedError(order._id, written);
  const found = written.wasLost ? await store.get(order._id) : undefined;
  return isOurs(found, order) ? { kind: 'stored', order: readOrder(found) } : { kind: 'conflict' };
}

function isOurs(
  found: StoredDocument | undefined,
  { _rev, owner, claims, state }: OrderDocument,
): found is StoredDocument {
  if (found === undefined || generationOf(found._rev) !== generationOf(_rev) + 1) return false;
  return found['owner'] === owner && found['claims'] === claims && found['state'] === state;
}

/** The number before the dash: CouchDB counts a document's versions, as in `3-917fa2…`. */
const generationOf = (rev: string): number => Number.parseInt(rev, 10);
