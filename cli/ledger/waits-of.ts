import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { joinId } from '../../src/core/document-ids.ts';
import type { EventFact } from '../../src/core/runs/facts.ts';
import { type RememberedJoin, type WaitNow, type WaitSkip, waitNow } from '../../src/core/runs/wait-now.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readJoin } from '../../src/ledger/documents/join.ts';
import { readDocuments } from './read-documents.ts';

/**
 * Finds out what has become of those of the ends that waited for other apps, from what their links remember. It reads once
 * for each app that such a link reloads.
 *
 * @returns a function that says it of one end and link; it gives undefined if nobody knows.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function waitsOf(
  events: readonly EventFact[],
  store: CouchPort,
  now: EpochMs,
): Promise<(skip: WaitSkip) => WaitNow | undefined> {
  const waits = events.flatMap(({ skips = [] }) =>
    skips.flatMap((skip) => (skip.reason === 'waits-for' ? [skip] : [])),
  );
  const prefixes = new Set(waits.map(({ target }) => joinId({ target, clause: '' })));
  const joins: RememberedJoin[] = [];
  for (const prefix of prefixes) joins.push(...(await readDocuments(store, prefix, readJoin)).found);
  return (skip) => waitNow(skip, joins, now);
}
