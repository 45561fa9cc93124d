import { readOrder } from '../../src/ledger/read-order.ts';
import { EXIT, type ExitCode, writeJson } from '../terminal.ts';
import { callOff, orderOf, outcomeText, planAgain } from './call-off.ts';
import type { LedgerContext } from './ledger-command.ts';
import { readDocuments } from './read-documents.ts';

/**
 * `cascade cancel <order>`: calls one order off; those that were merged into it are owed again.
 *
 * Publish, then look: only after the order is called off are those looked for that were merged into it. An order that is
 * called off already is looked after once more, for whoever called it off may have died in between.
 *
 * @returns 1 where it may not be called off.
 * @throws CascadeError PARAMETERS_INVALID where there is no such order.
 */
export async function cancelOrder(context: LedgerContext, id: string): Promise<ExitCode> {
  const { terminal, json } = context;
  const order = await orderOf(context.store, id);
  const outcome = await callOff(context, order);
  const isOff = outcome.kind === 'called-off' || outcome.state === 'called-off';
  const plannedAgain = isOff ? await planMergedAgain(context, order) : [];
  const ok = outcome.kind === 'called-off' || plannedAgain.length > 0;
  if (json) writeJson(terminal, { ok, outcomes: [outcome], plannedAgain });
  else {
    terminal.write(`${outcomeText(outcome)}\n`);
    for (const again of plannedAgain) terminal.write(`${again} had been merged into it: owed again\n`);
  }
  return ok ? EXIT.ok : EXIT.problems;
}

async function planMergedAgain(
  context: LedgerContext,
  { _id, tenant, appId }: { readonly _id: string; readonly tenant: string; readonly appId: string },
): Promise<string[]> {
  const prefix = `order:${tenant}:${appId}:`;
  const { found } = await readDocuments(context.store, prefix, readOrder, Number.POSITIVE_INFINITY);
  const planned: string[] = [];
  for (const merged of found.filter(({ state, into }) => state === 'merged' && into === _id)) {
    if (await planAgain(context, merged)) planned.push(merged._id);
  }
  return planned;
}
