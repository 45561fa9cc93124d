import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import type { CascadeError } from '../core/cascade-error.ts';
import type { AppRef, OrderId } from '../core/names.ts';
import type { OrderActor } from '../core/order-state.ts';
import type { LedgerLog } from './ledger-log.ts';
import { type MoveTimes, moveOrder } from './move-order.ts';
import { readOrTell } from './read-or-tell.ts';
import { readOrder } from './read-order.ts';
import { refusedError } from './refused-error.ts';

/** So many orders are read at once. */
const PAGE = 100;

/** What freeing merged orders needs. */
export interface FreePorts {
  readonly store: Pick<CouchPort, 'range' | 'put'>;
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
    const order = readOrTell(document, readOrder, log);
    if (order === undefined) continue;
    const planned = moveOrder(actor, order, 'planned', when, { into: undefined, reason: undefined });
    const written = await store.put({ ...planned });
    if (written.kind === 'stored') freed.push(order._id);
    if (written.kind === 'refused') refusals.push(refusedError(order._id, written));
  }
  // One that is refused keeps no other from being planned.
  const [refused] = refusals;
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
    yield* page.filter(({ state, into }) => state === 'merged' && off.has(String(into)));
    after = page.at(-1)?._id;
    if (page.length < PAGE) return;
  }
}
