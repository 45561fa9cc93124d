import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type CollectorPorts, halfTime } from './collector-ports.ts';

/** How many new documents one page asks for: some hundred kB, which CouchDB usually answers in one request. */
const PAGE = 200;

/**
 * Yields the documents that are due by `until`, the longest due first. The sweep, which runs every 5 minutes, finds
 * with it the work that was left undone: a document of the ledger (Cascade's memory in CouchDB) that needs work has a
 * `dueAt`, the instant from which on it is due. This stops if no document is left, or after a page if half of the
 * activation's remaining time is gone.
 *
 * Many documents may be due in the same millisecond. So each page begins at the last `dueAt` of the page before, and
 * leaves out the documents that were on that page. If nothing else is on the page, too many documents have this
 * `dueAt`. Then this goes on after this instant, so that later documents are not blocked. A later sweep takes up the
 * documents that are left out so.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function* dueDocuments(until: EpochMs, ports: CollectorPorts): AsyncGenerator<StoredDocument> {
  const { store, now } = ports;
  const lastPage = halfTime(ports);
  let from = 0 as EpochMs;
  let seen: ReadonlySet<string> = new Set();
  do {
    const { documents, isFull } = await store.due({ from, until, limit: PAGE + seen.size });
    const unseen = documents.filter(({ _id }) => !seen.has(_id));
    yield* unseen;
    const last = documents.at(-1)?.['dueAt'];
    if (!isFull || typeof last !== 'number') return;
    // The next page begins with these documents again.
    const ofBound = unseen.length === 0 ? [] : documents.filter(({ dueAt }) => dueAt === last);
    seen = new Set(ofBound.map(({ _id }) => _id));
    from = (unseen.length === 0 ? last + 1 : last) as EpochMs;
  } while (now() < lastPage);
}
