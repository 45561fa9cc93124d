import type { Claim } from '../../src/ledger/claim-order.ts';
import type { OrderDocument } from '../../src/ledger/documents/order-document.ts';
import { takeSlot } from '../../src/ledger/park-slots.ts';
import { readOrder } from '../../src/ledger/read-order.ts';
import { tryOn } from '../../src/ledger/try-on.ts';
import { type LedgerResult, ledgerResult } from './ledger-result.ts';
import { listApp, lookForOwn } from './look-for-own.ts';
import { adopt } from './record-start.ts';
import type { Run } from './run-of.ts';
import { saveMove, taken } from './settle.ts';

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
export async function parkOrder(claim: Claim, message: string, run: Run): Promise<RoundEnd> {
  const { order, oldDoubt } = claim;
  const own = oldDoubt === undefined ? undefined : await lookForOwn(order, oldDoubt, run);
  if (own?.kind === 'own') return over(await adopt(claim, own.reload.id, own.isCertain, run));
  const saved = await saveMove(order, 'parked', run, { doubt: oldDoubt, reason: { code: 'QLIK_BUSY', message } });
  if (saved.kind === 'conflict') return over(taken(order, run));
  const slot = await takeSlot(saved.order, run.store, run);
  if (slot.kind === 'other') return over(await mergeInto(slot.other, saved.order, run));
  const listed = await listApp(order, run);
  const isFree = listed.kind === 'listed' && listed.reloads.every(({ endedAt }) => endedAt !== undefined);
  return isFree ? { kind: 'again', order: saved.order } : over(ledgerResult('parked', saved.order));
}

/** Written first, then the other is read once more: a person may have called it off in between. */
async function mergeInto(other: OrderDocument, order: OrderDocument, run: Run): Promise<LedgerResult> {
  const reason = { code: 'merged', message: `Another order with the same body waits for the app: ${other._id}` };
  const saved = await saveMove(order, 'merged', run, { into: other._id, reason });
  if (saved.kind === 'conflict') return taken(order, run);
  const { value: found } = await tryOn(() => run.store.get(other._id), run);
  const isCalledOff = found === undefined || readOrder(found).state === 'called-off';
  if (!isCalledOff) return ledgerResult('merged', saved.order);
  const again = await saveMove(saved.order, 'planned', run, { into: undefined, reason: undefined });
  return again.kind === 'stored' ? ledgerResult('planned-again', again.order) : taken(saved.order, run);
}
