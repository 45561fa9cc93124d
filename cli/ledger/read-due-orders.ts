import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { unlessMalformed } from './read-documents.ts';

const PAGE = 1_000;
/** Later than any `dueAt`: a query of the index always has both bounds (fact db-differs-04). */
const NEVER = 9e15 as EpochMs;

/** The orders that something is left to be done for. */
export interface DueOrders {
  /** Sooner due first. */
  readonly found: readonly OrderDocument[];
  /** The ids of those that are not what Cascade writes. */
  readonly malformed: readonly string[];
}

/**
 * Reads every order that has a `dueAt`, however many documents the ledger holds. Those are all that are not final.
 *
 * @param size - how many documents one page has.
 */
export async function readDueOrders(store: Pick<CouchPort, 'due'>, size = PAGE): Promise<DueOrders> {
  const documents = new Map<string, StoredDocument>();
  for (let from = 0 as EpochMs, limit = size; ; ) {
    const page = await store.due({ from, until: NEVER, limit });
    for (const document of page.documents) documents.set(document._id, document);
    if (!page.isFull) return read([...documents.values()].filter(({ _id }) => _id.startsWith('order:')));
    const last = Number(page.documents.at(-1)?.['dueAt']) as EpochMs;
    // A whole page of one instant: its end is not to be had but with a larger one.
    if (last === from) limit *= 2;
    from = last;
  }
}

function read(documents: readonly StoredDocument[]): DueOrders {
  const read = documents.map((document) => ({ _id: document._id, order: unlessMalformed(document, readOrder) }));
  return {
    found: read.flatMap(({ order }) => order ?? []),
    malformed: read.flatMap(({ _id, order }) => (order === undefined ? [_id] : [])),
  };
}
