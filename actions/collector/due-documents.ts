import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type CollectorPorts, halfTime } from './collector-ports.ts';

/** The most new documents of one page: some hundred kB, which the store answers in one request. */
const PAGE = 200;

/**
 * Yields the documents of the ledger that are due by `until`, the longest due first. A document with unfinished work
 * has a `dueAt`, from which on the sweep, every 5 minutes, takes it up. This stops if no document is left, or if half
 * of the time is gone that the activation had left at the start.
 *
 * Many documents may be due in the same millisecond. So each page begins at the last `dueAt` of the page before, and
 * leaves out the documents already yielded. If a page has no other documents, more are due in that millisecond than fit
 * into a page. The rest of them waits for a later sweep, so that it does not block the documents due after it.
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
