import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { BatchEvent, StoredMark } from '../../src/contracts/batch.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { Skip } from '../../src/core/skip.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { resolvedEvent } from '../../src/ledger/documents/event.ts';
import type { Log } from '../../src/platform/log.ts';

/** A stored event. */
export type StoredEvent = BatchEvent & { readonly stored: StoredMark };

/**
 * Marks events as worked off, each with its skips. A conflict is fine: somebody else did it meanwhile.
 *
 * Invariant: it is called only once each order of these events is stored.
 *
 * @returns how many stay due.
 */
export async function resolveEvents(
  events: readonly StoredEvent[],
  skips: readonly Skip[],
  now: EpochMs,
  { store, log }: { readonly store: CouchPort; readonly log: Log },
): Promise<number> {
  const documents = events.map((event) =>
    resolvedEvent(event, { now, skips: skips.filter((skip) => isOf(skip, event)) }),
  );
  try {
    const [only, ...others] = documents;
    if (only === undefined) return 0;
    const rows = others.length === 0 ? [await store.put(only)] : await store.bulk(documents);
    return rows.filter(({ kind }) => kind === 'refused').length;
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    log.warn(`Events stay due: ${error.message}`, { code: error.code, events: events.length });
    return events.length;
  }
}

const isOf = (skip: Skip, { tenant, reloadId }: BatchEvent): boolean =>
  skip.tenant === tenant && skip.reloadId === reloadId;
