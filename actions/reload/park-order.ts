import type { Claim } from '../../src/ledger/claim-order.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { takeSlot } from '../../src/ledger/park-slots.ts';
import { type LedgerResult, ledgerResult } from './ledger-result.ts';
import { listApp, lookForOwn } from './look-for-own.ts';
import { mergeInto } from './merge-order.ts';
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
  const slot = await takeSlot(saved.order, run.patientStore, run.log);
  if (slot.kind === 'other') return over(await mergeInto(slot.other, saved.order, run));
  const listed = await listApp(order, run);
  const isFree = listed.kind === 'listed' && listed.reloads.every(({ endedAt }) => endedAt !== undefined);
  return isFree ? { kind: 'again', order: saved.order } : over(ledgerResult('parked', saved.order));
}
