import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type CollectorPorts, halfTime } from './collector-ports.ts';

/** Documents that are read at once. */
const PAGE = 200;

/**
 * Yields the documents that are due by `until`, the longest due first, until the caller stops, none is left, or half of the time is gone. The
 * caller may have to skip many before it finds some that it can work on.
 *
 * Each page begins at the last `dueAt` of the page before, because many documents may be due in the same millisecond. If
 * more are due in one than an answer lists, the rest is left to a later sweep: it must not hide what is due after it.
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
    // The next page begins with these.
    const ofBound = unseen.length === 0 ? [] : documents.filter(({ dueAt }) => dueAt === last);
    seen = new Set(ofBound.map(({ _id }) => _id));
    from = (unseen.length === 0 ? last + 1 : last) as EpochMs;
  } while (now() < lastPage);
}
