/*
 * An order is a reload that Cascade owes. `cascade cancel --all` needs all orders that still need work. These have a
 * `dueAt`, the time from which on the sweep (it runs every 5 minutes) takes them up. This file reads them by that
 * field. `cascade runs --since` may read all documents with a `dueAt` in the same way.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { sorting } from './read-documents.ts';

/** How many documents are read in one request. */
const PAGE = 1_000;
/** Later than any `dueAt`: a query of the index always has both bounds (fact db-differs-04). */
const NEVER = 9e15 as EpochMs;

/**
 * A page is no longer made larger from this size on: one answer of at most 4 MiB lists about 25,000 documents.
 */
const MOST_LISTED = 100_000;

/** The orders that still need work. */
export interface DueOrders {
  /** The orders, the one that is due first before the others. */
  readonly found: readonly OrderDocument[];
  /** The ids of the orders that are malformed: Cascade does not write such documents. */
  readonly malformed: readonly string[];
  /**
   * Each millisecond at which more documents are due than one answer can list. Some of these documents are not in
   * `found`.
   */
  readonly crowded: readonly EpochMs[];
}

/**
 * Reads the orders that have a `dueAt`, that is, that still need work. Other documents that have a `dueAt` are read,
 * too, and left out. Documents without it are not read, and most documents of a large ledger have none.
 *
 * @param size - how many documents a page has.
 */
export async function readDueOrders(store: Pick<CouchPort, 'due'>, size = PAGE): Promise<DueOrders> {
  const { documents, crowded } = await readDueDocuments(store, size);
  const { add, ...sorted } = sorting(readOrder);
  for (const document of documents) if (document._id.startsWith('order:')) add(document);
  return { ...sorted, crowded };
}

/**
 * Reads the documents that have a `dueAt`. The document that is due first comes first. `crowded` is that of
 * `DueOrders`.
 */
export async function readDueDocuments(
  store: Pick<CouchPort, 'due'>,
  size = PAGE,
): Promise<Pick<DueOrders, 'crowded'> & { readonly documents: readonly StoredDocument[] }> {
  const documents = new Map<string, StoredDocument>();
  const crowded: EpochMs[] = [];
  for (let from = 0 as EpochMs, limit = size; ; ) {
    const page = await store.due({ from, until: NEVER, limit });
    for (const document of page.documents) documents.set(document._id, document);
    if (!page.isFull) break;
    const last = Number(page.documents.at(-1)?.['dueAt']) as EpochMs;
    if (last > from) from = last;
    // All documents of the page are due at `from`. Only a larger page can reach the documents behind them.
    else if (limit < MOST_LISTED) limit *= 2;
    else {
      crowded.push(from);
      from = (from + 1) as EpochMs;
      limit = size;
    }
  }
  return { documents: [...documents.values()], crowded };
}
