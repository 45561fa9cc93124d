import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { joinId } from '../../src/core/document-ids.ts';
import type { EventFact } from '../../src/core/runs/facts.ts';
import { type RememberedJoin, type WaitNow, type WaitSkip, waitNow } from '../../src/core/runs/wait-now.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readJoin } from '../../src/ledger/documents/join.ts';
import { readDocuments } from './read-documents.ts';

/**
 * Reads what has become of ends that waited. A link can wait for the ends of several apps; the ledger remembers the ends
 * that have come. This reads once for each app that such a link reloads.
 *
 * @param events - ends of reloads. Their skips of the kind `waits-for` name the links.
 * @returns a function that says, for one such skip, whether the link still waits; undefined if nobody knows.
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
