import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { readOrTell } from '../../src/ledger/malformed.ts';
import { settledOrder } from '../../src/ledger/move-order.ts';
import { saveOrder } from '../../src/ledger/save-order.ts';
import { type LedgerResult, ledgerResult } from './ledger-result.ts';
import type { Run } from './run-of.ts';
import { saveMove, taken } from './settle.ts';

/** Merges a parked order into another one of the same app and body, whose reload then does for both. */
export async function mergeInto(other: OrderDocument, order: OrderDocument, run: Run): Promise<LedgerResult> {
  const reason = { code: 'merged', message: `Another order with the same body waits for the app: ${other._id}` };
  const saved = await saveMove(order, 'merged', run, { into: other._id, reason });
  return saved.kind === 'stored' ? settleMerge(saved.order, run) : taken(order, run);
}

/**
 * Publish, then look: the other is read once more after the merge is stored, since a person may have called it off in
 * between. Until then the merged order is due: a run that dies before it has looked must not be the last to look.
 */
export async function settleMerge(order: OrderDocument, run: Run): Promise<LedgerResult> {
  if (await isCalledOff(order, run)) {
    const again = await saveMove(order, 'planned', run, { into: undefined, reason: undefined });
    return again.kind === 'stored' ? ledgerResult('planned-again', again.order) : taken(order, run);
  }
  const settled = await saveOrder(settledOrder(order), run.patientStore);
  return settled.kind === 'stored' ? ledgerResult('merged', settled.order) : taken(order, run);
}

/** Nothing does for an order whose other one is not there, or was spoilt, so that nobody starts it: rather started once more than never. */
async function isCalledOff({ into }: OrderDocument, run: Run): Promise<boolean> {
  if (into === undefined) return true;
  const found = await run.patientStore.get(into);
  const other = readOrTell(found, readOrder, run.log);
  return other === undefined || other.state === 'called-off';
}
