/*
 * The action `reload` has found out which reload Qlik started for its order (a reload that Cascade owes). This file
 * stores that in two documents, so that Cascade later knows whose reload ended: the order becomes `posted`, and the
 * reload's document `started` names the order.
 */

import type { ReloadId } from '../../src/core/names.ts';
import { isFinal } from '../../src/core/order-state.ts';
import { readOrLog, refusedError } from '../../src/ledger/bad-document.ts';
import { type Claim, claimOrder } from '../../src/ledger/claim-order.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { moveOrder } from '../../src/ledger/move-order.ts';
import { newStarted, noteStarted, type Start } from '../../src/ledger/note-started.ts';
import { retryOnConflict } from '../../src/ledger/retry-on-conflict.ts';
import { saveOrder } from '../../src/ledger/save-order.ts';
import { callTimeout, type OrderWork, whenOf } from './order-work.ts';
import { alert, type LedgerResult, leave, ledgerResult, savedResult, taken } from './outcome.ts';

/**
 * Stores that Qlik started a reload for the order (answer 201). One call writes first the reload's document
 * `started`, which names the order, and then the order. If CouchDB stores only `started`, the ledger still knows whose
 * reload it is. What that call did not store is written again.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED, LEDGER_MALFORMED.
 */
export async function recordStart({ order }: Claim, reloadId: ReloadId, work: OrderWork): Promise<LedgerResult> {
  const start: Start = { order, reloadId, isCertain: true };
  const posted = postedOrder(start, order, work);
  // The copy is for TypeScript: an interface alone is no `NewDocument`.
  const [started, written] = await work.patientStore.bulk([newStarted(start), { ...posted }]);
  if (started?.kind !== 'stored') await noteStarted(start, work.patientStore, work.log);
  if (written?.kind === 'refused') throw refusedError(order._id, written);
  if (written?.kind === 'stored') return ledgerResult('started', { ...posted, _rev: written.rev });
  return writePosted(start, 'started', work);
}

/**
 * Adopts a reload for an order in doubt (Qlik may have accepted an earlier POST): stores that this reload from Qlik's
 * list is the order's own. It writes the reload's document `started` first, then the order.
 *
 * If the reload was guessed, but `started` says that it is certainly another order's, the order stays in doubt.
 *
 * @param isCertain - true if Qlik's record or `started` names this order; false if the reload is a guess.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED, LEDGER_MALFORMED.
 */
export async function adopt(
  { order }: Claim,
  reloadId: ReloadId,
  isCertain: boolean,
  work: OrderWork,
): Promise<LedgerResult> {
  const start: Start = { order, reloadId, isCertain };
  const isOurs = await noteStarted(start, work.patientStore, work.log);
  if (!isOurs) return leave(order, 'unknown', work, {});
  const saved = await saveOrder(postedOrder(start, order, work), work.patientStore);
  if (saved.kind === 'conflict' && isCertain) return writePosted(start, 'adopted', work);
  return savedResult(saved, 'adopted', order, work);
}

/**
 * The order's document, with the reload that was started for it. `hops` come from the claim: they may be greater than
 * the stored ones if other orders have merged into this one.
 */
const postedOrder = ({ order: { hops }, reloadId, isCertain }: Start, current: OrderDocument, work: OrderWork) => {
  const when = whenOf(work);
  const changes = { reloadId, isCertain, hops, postedAt: when.at, doubt: undefined, reason: undefined };
  return moveOrder('reload', current, 'posted', when, changes);
};

/**
 * Stores a reload that is certainly the order's own, after the first write met a conflict: another activation wrote the
 * order, or the answer to our write was lost. This reads the order again. If the order still waits for its reload, it
 * gets this one. If it has another reload, or needs none any more, one was started too many.
 */
async function writePosted(start: Start, did: 'started' | 'adopted', work: OrderWork): Promise<LedgerResult> {
  const written = await retryOnConflict(async () => {
    const current = readOrLog(await work.patientStore.get(start.order._id), readOrder, work.log);
    // Somebody deleted the order, or made it malformed. `started` still says whose the reload is.
    if (current === undefined) return taken(start.order, work);
    // The end of this reload may have been reported already. Then the order may have gone on to its next attempt.
    const isNoted = current.reloadId === start.reloadId || current.ends.includes(start.reloadId);
    if (isNoted) return ledgerResult(did, current);
    if (current.reloadId !== undefined || current.try !== start.order.try) return secondStart(start, current, work);
    if (isFinal(current.state)) return secondStart(start, current, work);
    const claimed = current.state === 'claimed' ? current : (await claimOrder(current, work))?.order;
    if (claimed === undefined) return undefined;
    const saved = await saveOrder(postedOrder(start, claimed, work), work.patientStore);
    return saved.kind === 'stored' ? ledgerResult(did, saved.order) : undefined;
  });
  return written ?? taken(start.order, work);
}

/**
 * A reload was started for an order that has another one, or needs none any more. This raises an alert. If time is
 * left, it asks Qlik to cancel the reload that we wanted to store.
 */
async function secondStart({ reloadId }: Start, current: OrderDocument, work: OrderWork): Promise<LedgerResult> {
  const held = current.reloadId === undefined ? `is ${current.state}` : `has the reload ${current.reloadId}`;
  const message = `A second reload, ${reloadId}, was started for an order that ${held}. Was a clock, or Qlik's list, more than a minute late?`;
  await alert('second-start', current._id, message, work);
  const timeout = callTimeout(work);
  const canceled = timeout === undefined ? undefined : await work.qlik.cancelReload(reloadId, timeout);
  work.log.warn(`Cancelling the second reload: ${canceled?.kind ?? 'not tried'}`, { order: current._id, reloadId });
  return ledgerResult('second-start', current);
}
