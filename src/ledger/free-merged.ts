/*
 * An order is a reload that Cascade owes. If several equal orders wait for the same busy app, the later ones merge into
 * the first one. The reload of the first order then serves them all. If a person calls the first order off (`cascade
 * cancel`), nobody would start the others. So this file frees the others: it makes them planned orders again, which the
 * sweep (it runs every 5 minutes) starts.
 */

import type { CouchPort, StoredDocument, Written } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { AppRef, OrderId } from '../core/names.ts';
import type { OrderActor } from '../core/order-state.ts';
import { readOrLog, refusedError } from './bad-document.ts';
import { readOrder } from './documents/order.ts';
import type { LedgerLog } from './ledger-log.ts';
import { type MoveTimes, moveOrder } from './move-order.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** How many orders are read in one request, so that an answer stays small. */
const PAGE = 100;

/** What freeing merged orders needs. */
export interface FreePorts {
  readonly store: Pick<CouchPort, 'range' | 'put' | 'get'>;
  readonly log: Pick<LedgerLog, 'error'>;
}

/**
 * Frees the orders of one app that have merged into called-off orders. It leaves out a malformed order, and logs an
 * error about it.
 *
 * The caller must first store that the orders in `off` are called off. An order may still merge into one of them after
 * that. Then the action `reload`, which merged it, sees that the other one is called off, and plans the merged order
 * again. This function finds the orders that merged earlier.
 *
 * @param off - the ids of the orders that are called off.
 * @param actor - who plans the orders again: `reload` or `person`. `moveOrder` refuses another one.
 * @returns the orders that this call planned again.
 * @throws CascadeError STORE_UNAVAILABLE (also if others keep changing an order), STORE_REFUSED, DOCUMENT_REFUSED. Then
 *   some orders may not be planned again yet. The next call tries again.
 */
export async function freeMerged(
  { tenant, appId }: AppRef,
  off: ReadonlySet<string>,
  actor: OrderActor,
  when: MoveTimes,
  { store, log }: FreePorts,
): Promise<readonly OrderId[]> {
  // `changeDocument` does not fit here: it throws if CouchDB refuses a document, and the other orders must still be
  // freed. But if `put` itself throws, nothing more is tried: perhaps the login is wrong, and CouchDB locks a user
  // after five wrong logins (fact db-auth-06).
  const planAgain = (document: StoredDocument): Promise<Written | 'not-merged' | undefined> => {
    let current: StoredDocument | undefined = document;
    return retryOnConflict(async () => {
      const order = isMergedInto(current, off) ? readOrLog(current, readOrder, log) : undefined;
      if (order === undefined) return 'not-merged';
      const planned = moveOrder(actor, order, 'planned', when, { into: undefined, reason: undefined });
      // TypeScript takes a copy for a `NewDocument`, but not the order itself: its type names only certain fields.
      const written = await store.put({ ...planned });
      if (written.kind !== 'conflict') return written;
      current = await store.get(document._id);
      return undefined;
    });
  };
  const freed: OrderId[] = [];
  const failures: CascadeError[] = [];
  for await (const document of ordersOf(`order:${tenant}:${appId}:`, store)) {
    const { _id } = document;
    const written = await planAgain(document);
    if (written === undefined)
      failures.push(new CascadeError('STORE_UNAVAILABLE', `${_id} was not planned again: others keep changing it.`));
    else if (written === 'not-merged') continue;
    else if (written.kind === 'stored') freed.push(_id as OrderId);
    else if (written.kind === 'refused') failures.push(refusedError(_id, written));
  }
  // Only one error can be thrown. So the first is thrown, and the others are logged.
  const [failure, ...others] = failures;
  for (const { message, code } of others) log.error(message, { code });
  if (failure !== undefined) throw failure;
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
