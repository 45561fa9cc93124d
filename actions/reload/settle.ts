import type { OrderState } from '../../src/core/order-state.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { moveOrder, type OrderChanges } from '../../src/ledger/move-order.ts';
import { type Saved, saveOrder } from '../../src/ledger/save-order.ts';
import { type Did, type LedgerResult, ledgerResult } from './ledger-result.ts';
import { type Run, whenOf } from './run-of.ts';

/** Why an order is where it is, for people. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

/** Writes a claimed order's next state by its rev; a conflict says that the order is not ours any more. */
export const saveMove = (
  order: OrderDocument,
  to: OrderState,
  run: Run,
  changes: OrderChanges,
  until?: EpochMs,
): Promise<Saved> => saveOrder(moveOrder('reload', order, to, whenOf(run, until), changes), run.patientStore);

/** The state in which a run leaves its order. */
type Left = 'unknown' | 'waiting' | 'gave-up' | 'merged';

/** Leaves an order in a state, and says so. */
export async function leave(
  order: OrderDocument,
  to: Left,
  run: Run,
  changes: OrderChanges,
  until?: EpochMs,
): Promise<LedgerResult> {
  const saved = await saveMove(order, to, run, changes, until);
  return saved.kind === 'stored' ? ledgerResult(to, saved.order) : taken(order, run);
}

/** Somebody else has the order: what this activation knew of it is of no use any more. */
export function taken(order: OrderDocument, { log }: Run): LedgerResult {
  log.warn('Another activation took the order', { order: order._id });
  return ledgerResult('taken' satisfies Did, order);
}
