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
 * Moves what people see of each app on to its last end; an older end, told late, changes nothing. Doing it again changes
 * nothing. A last end in the future, which no end could follow, makes way for any
 * other. A document that somebody spoilt is written anew; one that the store refuses keeps no other from being moved.
 *
 * @returns how many apps moved.
 * @throws CascadeError STORE_UNAVAILABLE.
 */
export async function moveAppStates(
  events: readonly ReloadFinished[],
  { store, log }: { readonly store: Pick<CouchPort, 'many' | 'bulk' | 'now'>; readonly log: LedgerLog },
): Promise<number> {
  let open = [...lastOfEach(events)];
  let moved = 0;
  await retryOnConflict(async () => {
    const next = await laterStates(open, store, log);
    const written = next.length === 0 ? [] : await store.bulk(next);
    for (const [index, each] of written.entries()) {
      if (each.kind === 'refused') log.error(`CouchDB refuses ${next[index]?._id}: ${each.message}`);
    }
    moved += written.filter(({ kind }) => kind === 'stored').length;
    const raced = new Set(next.filter((_, index) => written[index]?.kind === 'conflict').map(({ _id }) => _id));
    open = open.filter(([id]) => raced.has(id));
    return open.length === 0 ? true : undefined;
  });
  return moved;
}

/** The documents of those apps whose end is later than the one that is known. */
async function laterStates(
  ends: readonly (readonly [string, ReloadFinished])[],
  store: Pick<CouchPort, 'many' | 'now'>,
  log: LedgerLog,
): Promise<readonly NewDocument[]> {
  const known = await store.many(ends.map(([id]) => id));
  const now = store.now();
  const states = ends.map(([id, event], index) => stateAfter(id, event, known[index], now, log));
  return states.filter((state) => state !== undefined);
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
  a.endedAt - b.endedAt > 0 || (a.endedAt === b.endedAt && a.reloadId > b.reloadId);

function stateAfter(
  _id: string,
  told: ReloadFinished,
  before: StoredDocument | undefined,
  now: EpochMs | undefined,
  log: LedgerLog,
): NewDocument | undefined {
  const event = now === undefined ? told : cappedEnd(told, now);
  const known = readOrLog(before, readAppState, log);
  const isInFuture = known !== undefined && now !== undefined && cappedEnd(known.last, now) !== known.last;
  if (known !== undefined && !isInFuture && !isAfter(event, known.last)) return undefined;
  const rev = before === undefined ? {} : { _rev: before._rev };
  return { _id, ...rev, schema: 1, type: 'app', last: endOf(event) };
}
