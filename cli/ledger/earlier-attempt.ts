/*
 * An order is a reload that Cascade owes. If it has `retry`, a failed reload is only one of its attempts, and what
 * follows the app goes by the last one. So `cascade replay` orders nothing after an earlier attempt. This file finds
 * out whether an end was one.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { JudgedEnd } from '../../src/core/end-meaning.ts';
import { isFinal } from '../../src/core/order-state.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { readable } from './read-documents.ts';

/**
 * A sentence about an end if another attempt of its order follows, or has followed. Undefined if this was the last
 * attempt.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function earlierAttempt(
  { tenant, reloadId }: ReloadFinished,
  { order, meaning }: JudgedEnd<OrderDocument>,
  store: Pick<CouchPort, 'get'>,
): Promise<string | undefined> {
  if (meaning.kind !== 'will-retry') return undefined;
  const serving = await servingOrder(order, store);
  const isOver = serving === undefined || (isFinal(serving.state) && serving.state !== 'merged');
  const newest = serving?.ends.at(-1) ?? order.ends.at(-1);
  // No other attempt follows: for example, the order was called off after this one.
  if (isOver && newest === reloadId) return undefined;
  const merged =
    serving === undefined || serving === order ? '' : `, the reload of ${serving._id}, into which its order was merged`;
  const which = `That was attempt ${meaning.attempt} of ${1 + (order.policy?.retry?.attempts ?? 0)}; what follows the app goes by the last one${merged}.`;
  return isOver && newest !== undefined
    ? `${which} Replay that one: ${eventId(tenant, newest)}.`
    : `${which} ${(serving ?? order)._id} goes on.`;
}

/**
 * The order whose reload serves an order: the order itself, or the one that it was merged into, directly or by way of
 * others. If that one is called off or cannot be read, the last merged order on the way to it may still be planned
 * again: then this returns that merged order.
 *
 * @returns undefined if nothing will be started for the order any more (`cascade runs --problems` lists it as stuck).
 */
async function servingOrder(order: OrderDocument, store: Pick<CouchPort, 'get'>): Promise<OrderDocument | undefined> {
  const seen = new Set<string>();
  let serving = order;
  while (serving.state === 'merged') {
    const { _id, into, dueAt } = serving;
    seen.add(_id);
    if (into !== undefined && seen.has(into)) return undefined;
    const other = into === undefined ? undefined : readable(await store.get(into), readOrder);
    // A called-off order is due until what was merged into it is planned again.
    if (other === undefined || other.state === 'called-off')
      return (dueAt ?? other?.dueAt) === undefined ? undefined : serving;
    serving = other;
  }
  return serving;
}
