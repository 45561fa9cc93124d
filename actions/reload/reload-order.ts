import type { CreatedRequest, DueRequest } from '../../src/contracts/order-request.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { isFinal } from '../../src/core/order-state.ts';
import { readOrder } from '../../src/ledger/read-order.ts';
import { type LedgerResult, ledgerResult } from './ledger-result.ts';
import type { ReloadOrderPorts } from './run-ports.ts';

/** Takes one order of the ledger a step further (ledger.md §7). */
export async function reloadOrder(
  request: CreatedRequest | DueRequest,
  { store }: ReloadOrderPorts,
): Promise<LedgerResult> {
  const id = 'created' in request ? request.created._id : request.due;
  const found = await store.get(id);
  if (found === undefined) throw new CascadeError('PARAMETERS_INVALID', `There is no order ${id}`);
  const order = readOrder(found);
  return ledgerResult(isFinal(order.state) ? 'finished' : 'not-due', order);
}
