import { EXIT, type ExitCode, writeJson } from '../terminal.ts';
import { callOff, orderOf, outcomeText, settleCallOffs } from './call-off.ts';
import type { LedgerContext } from './ledger-command.ts';

/**
 * `cascade cancel <order>`: calls one order off; those that were merged into it are owed again.
 *
 * Publish, then look: only after the order is called off are those looked for that were merged into it. An order that is
 * called off already is looked after once more: whoever called it off may have died in between, and the sweep not been there.
 *
 * @returns 1 if it may not be called off.
 * @throws CascadeError PARAMETERS_INVALID if there is no such order.
 */
export async function cancelOrder(context: LedgerContext, id: string): Promise<ExitCode> {
  const { terminal, json } = context;
  const { outcome, order } = await callOff(context, await orderOf(context.store, id));
  const plannedAgain = order.state === 'called-off' ? await settleCallOffs(context, [order]) : [];
  const ok = outcome.kind === 'called-off' || plannedAgain.length > 0;
  if (json) writeJson(terminal, { ok, outcomes: [outcome], plannedAgain });
  else {
    terminal.write(`${outcomeText(outcome)}\n`);
    for (const again of plannedAgain) terminal.write(`${again} had been merged into it: owed again\n`);
  }
  return ok ? EXIT.ok : EXIT.problems;
}
