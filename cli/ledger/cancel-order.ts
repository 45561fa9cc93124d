/*
 * `cascade cancel <order>` calls off one order, that is, a reload that Cascade owes: then Cascade does not start it.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';
import { callOff, outcomeText, settleCallOffs } from './call-off.ts';
import type { LedgerContext, LedgerReport } from './ledger-command.ts';

/**
 * Calls one order off. If other orders had merged into it, to share its reload, this plans them again: Cascade owes
 * them all the same. The report is `ok` if the order was called off now, or if a merged order was planned again.
 *
 * This first stores that the order is called off, so that no other order merges into it. Then it looks for merged
 * orders. It also does so if the order was called off already: the earlier command may have died in between.
 *
 * @throws CascadeError PARAMETERS_INVALID if there is no such order; LEDGER_MALFORMED if the order is malformed;
 *   STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
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
