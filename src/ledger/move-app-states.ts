import type { CouchPort, NewDocument, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { appStateId } from '../core/document-ids.ts';
import type { ReloadFinished } from '../core/reload-finished.ts';
import { readAppState } from './read-app-state.ts';
import { endOf } from './read-event.ts';

/** More writers than this of one app at once are no race of ours. */
const MOST_TRIES = 20;

/**
 * Moves what people see of each app on to its last end; an older end, told late, changes nothing.
 *
 * @returns how many apps moved.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, LEDGER_MALFORMED.
 */
export async function moveAppStates(
  events: readonly ReloadFinished[],
  store: Pick<CouchPort, 'many' | 'bulk'>,
): Promise<number> {
  let open = [...lastOfEach(events)];
  let moved = 0;
  for (let tries = 0; open.length > 0 && tries < MOST_TRIES; tries += 1) {
    const known = await store.many(open.map(([id]) => id));
    open = open.filter(([, event], index) => isLater(event, known[index]));
    const byId = new Map(known.flatMap((document) => (document === undefined ? [] : [[document._id, document]])));
    const written = await store.bulk(open.map(([id, event]) => appState(id, event, byId.get(id))));
    const refused = written.find((each) => each.kind === 'refused');
    if (refused !== undefined) throw new CascadeError('STORE_REFUSED', refused.message);
    moved += written.filter(({ kind }) => kind === 'stored').length;
    open = open.filter((_, index) => written[index]?.kind === 'conflict');
  }
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

const isLater = (event: ReloadFinished, document: StoredDocument | undefined): boolean =>
  document === undefined || isAfter(event, readAppState(document).last);

const isAfter = (a: ReloadFinished, b: ReloadFinished): boolean =>
  a.endedAt - b.endedAt > 0 || (a.endedAt === b.endedAt && a.reloadId > b.reloadId);

const appState = (_id: string, event: ReloadFinished, before: StoredDocument | undefined): NewDocument => ({
  _id,
  ...(before !== undefined && { _rev: before._rev }),
  schema: 1,
  type: 'app',
  last: endOf(event),
});
