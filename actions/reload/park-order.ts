/*
 * Qlik refuses to reload an app that is queued or running already. Then the action `reload` parks the order (a reload
 * that Cascade owes): the order waits until the app's other reload ends. This file parks an order. It merges the order
 * into another parked order if one reload can serve both, so that the app is not reloaded twice for nothing.
 */

import { readOrLog } from '../../src/ledger/bad-document.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { freeMerged } from '../../src/ledger/free-merged.ts';
import { settledOrder } from '../../src/ledger/move-order.ts';
import { takeSlot } from '../../src/ledger/park-slots.ts';
import { saveOrder } from '../../src/ledger/save-order.ts';
import { lookForOwn } from './look-for-own.ts';
import { callTimeout, type OrderWork, whenOf } from './order-work.ts';
import { type LedgerResult, ledgerResult, savedResult, saveMove, taken } from './outcome.ts';
import { adopt } from './record-start.ts';

/**
 * The result of one try to start an order. `free`: the order is parked, but its app is no longer busy, so the caller
 * may try again.
 */
export type TryEnd = LedgerResult | { readonly free: OrderDocument };

/**
 * Parks an order whose app is busy, until the app's reload ends. That end wakes the order. If it does not, the sweep
 * has the order tried again after 5 minutes or more.
 *
 * 1. If the order was in doubt (Qlik may have accepted an earlier POST), its own reload may be the one that runs. So we
 *   look for it first.
 * 2. The order is stored as parked.
 * 3. If an equal order is parked already, this one merges into that order: one reload then serves both.
 * 4. We ask Qlik whether the app is still busy. If the app's reload ended before step 2, no end would wake the order.
 */
export async function parkOrder(claim: Claim, message: string, work: OrderWork): Promise<TryEnd> {
  const { order, oldDoubt } = claim;
  const own = oldDoubt === undefined ? undefined : await lookForOwn(order, oldDoubt, work);
  if (own?.kind === 'own') return adopt(claim, own.reload.id, own.isCertain, work);
  const saved = await saveMove(order, 'parked', work, { doubt: oldDoubt, reason: { code: 'QLIK_BUSY', message } });
  if (saved.kind === 'conflict') return taken(order, work);
  const slot = await takeSlot(saved.order, work.patientStore, work.log);
  if (slot.kind === 'other') return mergeInto(slot.other, saved.order, work);
  const isFree = await isAppFree(order, work);
  return isFree ? { free: saved.order } : ledgerResult('parked', saved.order);
}

/**
 * Whether Qlik's list shows that no reload of the app is queued or running. False if Qlik gives no answer or no time is
 * left.
 */
async function isAppFree({ appId }: OrderDocument, work: OrderWork): Promise<boolean> {
  const timeout = callTimeout(work);
  const listed = timeout === undefined ? undefined : await work.qlik.listReloads(appId, timeout);
  return listed?.kind === 'listed' && listed.reloads.every(({ endedAt }) => endedAt !== undefined);
}

/** Merges a parked order into an equal one. The reload of the other order then serves both. */
async function mergeInto(other: OrderDocument, order: OrderDocument, work: OrderWork): Promise<LedgerResult> {
  const reason = { code: 'merged', message: `Another order with the same body waits for the app: ${other._id}` };
  const saved = await saveMove(order, 'merged', work, { into: other._id, reason });
  return saved.kind === 'stored' ? settleMerge(saved.order, work) : taken(order, work);
}

/**
 * Finishes a merge that is stored. It reads the other order once more. If a person has called off the other order
 * meanwhile, the merged order is planned again. Until this is finished, the merged order stays due: if the activation
 * dies, the sweep, which runs every 5 minutes, has another activation finish the merge.
 */
export async function settleMerge(order: OrderDocument, work: OrderWork): Promise<LedgerResult> {
  if (!(await isCalledOff(order, work))) return settle(order, 'merged', work);
  const saved = await saveMove(order, 'planned', work, { into: undefined, reason: undefined });
  return savedResult(saved, 'planned-again', order, work);
}

/** Removes the `dueAt` of an order that is merged or called off, because nothing is left to do for it. */
async function settle(
  order: OrderDocument,
  did: 'merged' | 'call-off-settled',
  work: OrderWork,
): Promise<LedgerResult> {
  return savedResult(await saveOrder(settledOrder(order), work.patientStore), did, order, work);
}

/**
 * Whether the order into which this one merged is called off. This is also true if that order is missing or malformed:
 * nobody will start it, and one start too many is better than none.
 */
async function isCalledOff({ into }: OrderDocument, work: OrderWork): Promise<boolean> {
  if (into === undefined) return true;
  const other = readOrLog(await work.patientStore.get(into), readOrder, work.log);
  return other === undefined || other.state === 'called-off';
}

/**
 * Finishes a call-off: the orders that had merged into this order are planned again. Usually the command that called
 * the order off has done that, but the command may have died.
 */
export async function settleCallOff(order: OrderDocument, work: OrderWork): Promise<LedgerResult> {
  const planned = await freeMerged(order, new Set([order._id]), 'reload', whenOf(work), work);
  if (planned.length > 0) {
    work.log.info('Orders that were merged into one that is called off are planned again', { planned });
  }
  return settle(order, 'call-off-settled', work);
}
