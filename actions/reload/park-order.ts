import { readOrLog } from '../../src/ledger/bad-document.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { freeMerged } from '../../src/ledger/free-merged.ts';
import { settledOrder } from '../../src/ledger/move-order.ts';
import { takeSlot } from '../../src/ledger/park-slots.ts';
import { saveOrder } from '../../src/ledger/save-order.ts';
import { type Attempt, whenOf } from './attempt.ts';
import { listApp, lookForOwn } from './look-for-own.ts';
import { type LedgerResult, ledgerResult, saveMove, taken } from './outcome.ts';
import { adopt } from './record-start.ts';

/** What a round with an order came to: it is over, or the order is parked and its app free again. */
export type RoundEnd =
  | { readonly kind: 'over'; readonly result: LedgerResult }
  | { readonly kind: 'again'; readonly order: OrderDocument };

const over = (result: LedgerResult): RoundEnd => ({ kind: 'over', result });

/**
 * Parks an order whose app is busy, then looks again: what kept the app busy may have ended before the park was written,
 * and then nobody else would ever look.
 *
 * With an older doubt what keeps the app busy may be our own reload, so that is looked for first; the doubt stays.
 */
export async function parkOrder(claim: Claim, message: string, attempt: Attempt): Promise<RoundEnd> {
  const { order, oldDoubt } = claim;
  const own = oldDoubt === undefined ? undefined : await lookForOwn(order, oldDoubt, attempt);
  if (own?.kind === 'own') return over(await adopt(claim, own.reload.id, own.isCertain, attempt));
  const saved = await saveMove(order, 'parked', attempt, { doubt: oldDoubt, reason: { code: 'QLIK_BUSY', message } });
  if (saved.kind === 'conflict') return over(taken(order, attempt));
  const slot = await takeSlot(saved.order, attempt.patientStore, attempt.log);
  if (slot.kind === 'other') return over(await mergeInto(slot.other, saved.order, attempt));
  const listed = await listApp(order, attempt);
  const isFree = listed.kind === 'listed' && listed.reloads.every(({ endedAt }) => endedAt !== undefined);
  return isFree ? { kind: 'again', order: saved.order } : over(ledgerResult('parked', saved.order));
}

/** Merges a parked order into another one of the same app and body, whose reload then does for both. */
export async function mergeInto(other: OrderDocument, order: OrderDocument, attempt: Attempt): Promise<LedgerResult> {
  const reason = { code: 'merged', message: `Another order with the same body waits for the app: ${other._id}` };
  const saved = await saveMove(order, 'merged', attempt, { into: other._id, reason });
  return saved.kind === 'stored' ? settleMerge(saved.order, attempt) : taken(order, attempt);
}

/**
 * Publish, then look: the other is read once more after the merge is stored, since a person may have called it off in
 * between. Until then the merged order is due: a run that dies before it has looked must not be the last to look.
 */
export async function settleMerge(order: OrderDocument, attempt: Attempt): Promise<LedgerResult> {
  if (await isCalledOff(order, attempt)) {
    const again = await saveMove(order, 'planned', attempt, { into: undefined, reason: undefined });
    return again.kind === 'stored' ? ledgerResult('planned-again', again.order) : taken(order, attempt);
  }
  const settled = await saveOrder(settledOrder(order), attempt.patientStore);
  return settled.kind === 'stored' ? ledgerResult('merged', settled.order) : taken(order, attempt);
}

/** Nothing does for an order whose other one is not there, or was spoilt, so that nobody starts it: rather started once more than never. */
async function isCalledOff({ into }: OrderDocument, attempt: Attempt): Promise<boolean> {
  if (into === undefined) return true;
  const found = await attempt.patientStore.get(into);
  const other = readOrLog(found, readOrder, attempt.log);
  return other === undefined || other.state === 'called-off';
}

/** Finishes what a command that called an order off did not get to: what was merged into the order is owed again. */
export async function settleCallOff(order: OrderDocument, attempt: Attempt): Promise<LedgerResult> {
  const planned = await freeMerged(order, new Set([order._id]), 'reload', whenOf(attempt), attempt);
  if (planned.length > 0)
    attempt.log.info('Orders that were merged into one that is called off are owed again', { planned });
  const settled = await saveOrder(settledOrder(order), attempt.patientStore);
  return settled.kind === 'stored' ? ledgerResult('call-off-settled', settled.order) : taken(order, attempt);
}
