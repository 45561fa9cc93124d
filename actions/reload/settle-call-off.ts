import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { freeMerged } from '../../src/ledger/free-merged.ts';
import { settledOrder } from '../../src/ledger/move-order.ts';
import { saveOrder } from '../../src/ledger/save-order.ts';
import { type LedgerResult, ledgerResult } from './ledger-result.ts';
import { type Run, whenOf } from './run-of.ts';
import { taken } from './settle.ts';

/** Finishes what a command that called an order off did not get to: what was merged into the order is owed again. */
export async function settleCallOff(order: OrderDocument, run: Run): Promise<LedgerResult> {
  const planned = await freeMerged(order, new Set([order._id]), 'reload', whenOf(run), run);
  if (planned.length > 0)
    run.log.info('Orders that were merged into one that is called off are owed again', { planned });
  const settled = await saveOrder(settledOrder(order), run.patientStore);
  return settled.kind === 'stored' ? ledgerResult('call-off-settled', settled.order) : taken(order, run);
}
