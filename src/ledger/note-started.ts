/*
 * Notes for which order (a reload that Cascade owes) a reload was started, in the document `started:<tenant>:<reload>`.
 * When the reload ends, Cascade can find the order by this note, because some tenants' records of reloads do not name
 * the order. The action `reload` writes the note.
 *
 * If Qlik answered the order's POST with a reload, or the reload's record names the order, the order is certain of it.
 * If Qlik's answer was lost, the order can often only guess which reload is its own.
 */

import type { NewDocument, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { startedId } from '../core/document-ids.ts';
import type { ReloadId } from '../core/names.ts';
import { readOrLog } from './bad-document.ts';
import { type Change, changeDocument } from './change-document.ts';
import type { OrderDocument } from './documents/order.ts';
import { readStarted } from './documents/started.ts';
import type { LedgerLog } from './ledger-log.ts';
import type { PatientStore } from './patient-store.ts';

/** Which reload an order takes for its own. */
export interface Start {
  readonly order: OrderDocument;
  readonly reloadId: ReloadId;
  /**
   * True if Qlik answered 201, if the reload's record has the order's `resourceId`, or if `started` says already that
   * the reload certainly is this order's; false if it is a guess.
   */
  readonly isCertain: boolean;
}

/** The `started` document of a reload that has none yet. */
export const newStarted = ({ order, reloadId, isCertain }: Start): NewDocument => ({
  _id: startedId(order.tenant, reloadId),
  schema: 1,
  type: 'started',
  order: order._id,
  also: [],
  isGuess: !isCertain,
  ...tryOf(order),
  hops: order.hops,
  root: order.root,
});

/** The number of the attempt, if the order may have several. */
const tryOf = ({ policy, try: attempt }: OrderDocument) => (policy?.retry === undefined ? {} : { try: attempt });

/**
 * Notes in the reload's document `started` that the reload is this order's. If the order is certain, the document
 * names this order from then on, and an order that it named before goes into `also`. If two orders guess, they share
 * the reload: the later one goes into `also`.
 *
 * @returns false if this order may not take the reload for its own: it only guesses, and the reload certainly is
 * another order's or its document is malformed; or each of 20 writes met a conflict.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function noteStarted(
  start: Start,
  store: Pick<PatientStore, 'get' | 'put'>,
  log: Pick<LedgerLog, 'error'>,
): Promise<boolean> {
  const { _id } = newStarted(start);
  return (await changeDocument(_id, store, (found) => changeBy(start, found, log), 'absent')) ?? false;
}

/** Whether the reload may be this order's, and what to write for it. */
function changeBy(start: Start, found: StoredDocument | undefined, log: Pick<LedgerLog, 'error'>): Change<boolean> {
  const { order, isCertain } = start;
  const { _id, hops, root } = order;
  const started = readOrLog(found, readStarted, log);
  // A malformed document may have named another order. So only a certain order may replace it.
  if (started === undefined) {
    return isCertain || found === undefined ? { result: true, write: newStarted(start) } : { result: false };
  }
  const isNamed = started.order === _id;
  if (!isCertain) {
    if (!started.isGuess && !isNamed) return { result: false };
    const isNoted = isNamed || started.also.includes(_id);
    return { result: true, ...(!isNoted && { write: { ...started, also: [...started.also, _id] } }) };
  }
  if (isNamed && !started.isGuess) return { result: true };
  const also = [...new Set([...started.also, started.order])].filter((id) => id !== _id);
  // The old `try` is that of the order that was named before.
  const { try: _, ...noted } = started;
  return { result: true, write: { ...noted, order: _id, isGuess: false, ...tryOf(order), also, hops, root } };
}
