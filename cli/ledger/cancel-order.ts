import { CascadeError } from '../../src/core/cascade-error.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';
import { callOff, outcomeText, settleCallOffs } from './call-off.ts';
import type { LedgerContext, LedgerReport } from './ledger-command.ts';

/**
 * `cascade cancel <order>`: calls one order off, and plans again the orders that were merged into it. It is not `ok` if the
 * order may not be called off.
 *
 * The merged orders are looked for only after the order is stored as called off: nobody merges into it from then on. For an
 * order that was called off before they are looked for again, since whoever did that may have died in between.
 *
 * @throws CascadeError PARAMETERS_INVALID if there is no such order.
 */
export async function cancelOrder(context: LedgerContext, id: string): Promise<LedgerReport> {
  const found = id.startsWith('order:') ? await context.store.get(id) : undefined;
  if (found === undefined) {
    const message = `There is no order "${id}". Give an order's id, as cascade runs and cascade why print them: order:<tenant>:<app>:<clause>:<cause>.`;
    throw new CascadeError('PARAMETERS_INVALID', message);
  }
  const { outcome, order } = await callOff(context, readOrder(found));
  const isOff = order.state === 'called-off';
  const plannedAgain = isOff ? await settleCallOffs(context, [order], { error: context.warn }) : [];
  return {
    ok: outcome.kind === 'called-off' || plannedAgain.length > 0,
    json: { outcomes: [outcome], plannedAgain },
    lines: [outcomeText(outcome), ...plannedAgain.map((again) => `${again} had been merged into it: owed again`)],
  };
}
