import type { CouchPort, NewDocument, Written } from '../clients/couchdb/couchdb-port.ts';
import { readOrLog } from './bad-document.ts';
import { type EventDocument, readEvent } from './documents/event.ts';
import type { LedgerLog } from './ledger-log.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** What changing events needs. */
export interface ChangePorts {
  readonly store: Pick<CouchPort, 'many' | 'put' | 'bulk'>;
  readonly log: Pick<LedgerLog, 'error'>;
}

/**
 * Notes in events (the documents of ended reloads) that an action has done its part of the work. The action `invoker`
 * writes into an event that it is resolved: its orders (reloads that Cascade owes because of it) are stored. The action
 * `storer` writes that it is recorded: the end is part of its app's document. The two work beside each other, and
 * neither may erase what the other wrote. So if somebody wrote an event first (a conflict), the event is read and
 * changed again, up to 20 tries in all (`MOST_CONFLICTS`). If CouchDB refuses an event, this logs an error and goes on.
 *
 * @param known - the events as they were read.
 * @param change - returns the changed event, or undefined if there is nothing to change any more.
 * @returns how many events should have been changed and were not. They stay due, so the sweep (it runs every 5 minutes)
 * takes them up. An event that was deleted or became malformed after it was first read does not count.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function changeEvents(
  known: readonly EventDocument[],
  change: (event: EventDocument) => EventDocument | undefined,
  { store, log }: ChangePorts,
): Promise<number> {
  let open = known;
  let refused = 0;
  await retryOnConflict(async () => {
    const changed = open.flatMap((event) => change(event) ?? []);
    const raced: string[] = [];
    for (const [index, written] of (await writeAll(changed, store)).entries()) {
      const _id = changed[index]?._id ?? '';
      if (written.kind === 'conflict') raced.push(_id);
      if (written.kind !== 'refused') continue;
      refused += 1;
      log.error(`CouchDB refuses ${_id}: ${written.message}`);
    }
    const found = raced.length === 0 ? [] : await store.many(raced);
    open = found.flatMap((document) => readOrLog(document, readEvent, log) ?? []);
    return open.length === 0 ? true : undefined;
  });
  return refused + open.length;
}

const writeAll = async (
  documents: readonly EventDocument[],
  store: ChangePorts['store'],
): Promise<readonly Written[]> => {
  // TypeScript takes a copy for a `NewDocument`, but not the event itself: its type names only certain fields.
  const [only, ...others] = documents.map((document): NewDocument => ({ ...document }));
  if (only === undefined) return [];
  return others.length === 0 ? [await store.put(only)] : store.bulk([only, ...others]);
};
