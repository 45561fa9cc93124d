import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { AppRef, OrderId } from '../core/names.ts';
import type { OrderActor } from '../core/order-state.ts';
import { readOrLog } from './bad-document.ts';
import { changeDocument } from './change-document.ts';
import { readOrder } from './documents/order.ts';
import type { LedgerLog } from './ledger-log.ts';
import { type MoveTimes, moveOrder } from './move-order.ts';

/** Orders that are read at once. */
const PAGE = 100;

/** What freeing merged orders needs. */
export interface FreePorts {
  readonly store: Pick<CouchPort, 'range' | 'put' | 'get'>;
  readonly log: Pick<LedgerLog, 'error'>;
}

/**
 * Plans the orders again that were merged into called-off orders of one app.
 *
 * Publish, then look: the caller first stores that those orders are called off. An order that merges later sees that by
 * itself; this function finds the orders that merged before.
 *
 * @param off - the ids of the orders that are called off.
 * @returns the orders that this call planned again.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED: some may be left; another call finds them.
 */
export async function freeMerged(
  { tenant, appId }: AppRef,
  off: ReadonlySet<string>,
  actor: OrderActor,
  when: MoveTimes,
  { store, log }: FreePorts,
): Promise<readonly OrderId[]> {
  const planAgain = (document: StoredDocument) =>
    changeDocument(
      document._id,
      store,
      (found) => {
        const order = isMergedInto(found, off) ? readOrLog(found, readOrder, log) : undefined;
        if (order === undefined) return { result: false };
        return {
          result: true,
          write: moveOrder(actor, order, 'planned', when, { into: undefined, reason: undefined }),
        };
      },
      document,
    );
  const freed: OrderId[] = [];
  const refusals: CascadeError[] = [];
  for await (const document of ordersOf(`order:${tenant}:${appId}:`, store)) {
    if (!isMergedInto(document, off)) continue;
    try {
      if (await planAgain(document)) freed.push(document._id as OrderId);
    } catch (error) {
      if (!(error instanceof CascadeError) || !/_REFUSED$/.test(error.code)) throw error;
      refusals.push(error);
    }
  }
  // A refused document does not keep the others from being planned. The first refusal is thrown, the others are logged.
  const [refused, ...others] = refusals;
  for (const { message, code } of others) log.error(message, { code });
  if (refused !== undefined) throw refused;
  return freed;
}

async function* ordersOf(prefix: string, store: FreePorts['store']): AsyncGenerator<StoredDocument> {
  for (let after: string | undefined; ; ) {
    const page = await store.range(prefix, { limit: PAGE, ...(after !== undefined && { after }) });
    yield* page;
    after = page.at(-1)?._id;
    if (page.length < PAGE) return;
  }
}

const isMergedInto = (document: StoredDocument | undefined, off: ReadonlySet<string>): boolean =>
  document?.['state'] === 'merged' && off.has(String(document['into']));
