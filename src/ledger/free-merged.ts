import type { CouchPort, StoredDocument, Written } from '../clients/couchdb/couchdb-port.ts';
import type { CascadeError } from '../core/cascade-error.ts';
import type { AppRef, OrderId } from '../core/names.ts';
import type { OrderActor } from '../core/order-state.ts';
import { readOrLog, refusedError } from './bad-document.ts';
import { readOrder } from './documents/order.ts';
import type { LedgerLog } from './ledger-log.ts';
import { type MoveTimes, moveOrder } from './move-order.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** So many orders are read at once. */
const PAGE = 100;
/** What freeing merged orders needs. */
export interface FreePorts {
  readonly store: Pick<CouchPort, 'range' | 'put' | 'get'>;
  readonly log: Pick<LedgerLog, 'error'>;
}

/**
 * Plans the orders again that were merged into orders of one app which are called off.
 *
 * Publish, then look: the orders have to be stored as called off before. Then whoever merges into one of them meanwhile
 * sees that by itself, and whoever merged before is found here.
 *
 * @param off - the ids of the orders that are called off.
 * @returns the orders that this call planned again; of the others somebody else did it.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED: some may be left; doing it again finds them.
 */
export async function freeMerged(
  { tenant, appId }: AppRef,
  off: ReadonlySet<string>,
  actor: OrderActor,
  when: MoveTimes,
  { store, log }: FreePorts,
): Promise<readonly OrderId[]> {
  const freed: OrderId[] = [];
  const refusals: CascadeError[] = [];
  for await (const document of mergedInto(`order:${tenant}:${appId}:`, off, store)) {
    const written = await planAgain(document, off, actor, when, { store, log });
    if (written?.kind === 'stored') freed.push(document._id as OrderId);
    if (written?.kind === 'refused') refusals.push(refusedError(document._id, written));
  }
  // One that is refused keeps no other from being planned. The caller hears of the first, the log of the others.
  const [refused, ...others] = refusals;
  for (const { message, code } of others) log.error(message, { code });
  if (refused !== undefined) throw refused;
  return freed;
}

async function* mergedInto(
  prefix: string,
  off: ReadonlySet<string>,
  store: FreePorts['store'],
): AsyncGenerator<StoredDocument> {
  for (let after: string | undefined; ; ) {
    const page = await store.range(prefix, { limit: PAGE, ...(after !== undefined && { after }) });
    yield* page.filter((document) => isMergedInto(document, off));
    after = page.at(-1)?._id;
    if (page.length < PAGE) return;
  }
}

/**
 * A conflict does not say that somebody else planned it again: the worker that merged it may have read the other order
 * before that was called off, and written only then that the merge is settled. So it is read again.
 *
 * @returns undefined if it is not merged into one of them any more, or was spoilt.
 */
async function planAgain(
  found: StoredDocument,
  off: ReadonlySet<string>,
  actor: OrderActor,
  when: MoveTimes,
  { store, log }: FreePorts,
): Promise<Written | undefined> {
  let document: StoredDocument | undefined = found;
  const written = await retryOnConflict(async (): Promise<Written | 'none' | undefined> => {
    const order =
      document !== undefined && isMergedInto(document, off) ? readOrLog(document, readOrder, log) : undefined;
    if (order === undefined) return 'none';
    const planned = moveOrder(actor, order, 'planned', when, { into: undefined, reason: undefined });
    const outcome = await store.put({ ...planned });
    if (outcome.kind !== 'conflict') return outcome;
    document = await store.get(found._id);
    return undefined;
  });
  return written === 'none' ? undefined : written;
}

const isMergedInto = ({ state, into }: StoredDocument, off: ReadonlySet<string>): boolean =>
  state === 'merged' && off.has(String(into));
