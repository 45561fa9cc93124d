import type { CouchPort, NewDocument, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { cappedEnd } from '../core/cap-end.ts';
import { appStateId } from '../core/document-ids.ts';
import type { ReloadFinished } from '../core/reload-finished.ts';
import type { EpochMs } from '../core/units.ts';
import { readOrLog } from './bad-document.ts';
import { readAppState } from './documents/app-state.ts';
import { endOf } from './documents/event.ts';
import type { LedgerLog } from './ledger-log.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/**
 * Stores the last end of each app, for people. If an end is older than the stored one, or the same, nothing changes. If
 * the stored end is in the future, any other end replaces it, because no end could follow it. A malformed document is
 * replaced.
 *
 * If the store refuses a document, this logs an error and goes on with the other apps.
 *
 * @returns how many apps got a new last end.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function moveAppStates(
  events: readonly ReloadFinished[],
  { store, log }: { readonly store: Pick<CouchPort, 'many' | 'bulk' | 'now'>; readonly log: LedgerLog },
): Promise<number> {
  let open = lastOfEach(events);
  let moved = 0;
  await retryOnConflict(async () => {
    const found = await store.many([...open.keys()]);
    const now = store.now();
    const next = [...open].flatMap(([id, end], index) => stateAfter(id, end, found[index], now, log) ?? []);
    const written = await store.bulk(next);
    const raced = new Set<string>();
    for (const [index, { _id }] of next.entries()) {
      const outcome = written[index];
      if (outcome?.kind === 'refused') log.error(`CouchDB refuses ${_id}: ${outcome.message}`);
      if (outcome?.kind === 'stored') moved += 1;
      if (outcome?.kind === 'conflict') raced.add(_id);
    }
    open = new Map([...open].filter(([id]) => raced.has(id)));
    return open.size === 0 ? true : undefined;
  });
  return moved;
}

function lastOfEach(events: readonly ReloadFinished[]): ReadonlyMap<string, ReloadFinished> {
  const last = new Map<string, ReloadFinished>();
  for (const event of events) {
    const id = appStateId(event);
    const known = last.get(id);
    if (known === undefined || isAfter(event, known)) last.set(id, event);
  }
  return last;
}

const isAfter = (a: ReloadFinished, b: ReloadFinished): boolean =>
  a.endedAt > b.endedAt || (a.endedAt === b.endedAt && a.reloadId > b.reloadId);

/** The document to write; undefined if the stored end is not earlier. */
function stateAfter(
  _id: string,
  end: ReloadFinished,
  found: StoredDocument | undefined,
  now: EpochMs | undefined,
  log: LedgerLog,
): NewDocument | undefined {
  const event = now === undefined ? end : cappedEnd(end, now);
  const known = readOrLog(found, readAppState, log);
  const isInFuture = known !== undefined && now !== undefined && cappedEnd(known.last, now) !== known.last;
  if (known !== undefined && !isInFuture && !isAfter(event, known.last)) return undefined;
  return { _id, ...(found && { _rev: found._rev }), schema: 1, type: 'app', last: endOf(event) };
}
