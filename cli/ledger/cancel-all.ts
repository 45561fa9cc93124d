import { isFinal, type OrderState } from '../../src/core/order-state.ts';
import type { OrderDocument } from '../../src/ledger/documents/order-document.ts';
import { counted, EXIT, type ExitCode, writeJson } from '../terminal.ts';
import { type CalledOff, callOff, type NotCalledOff, type Outcome, outcomeText, planAgain } from './call-off.ts';
import type { LedgerContext } from './ledger-command.ts';
import { readDueOrders } from './read-due-orders.ts';

/** While others work, orders move and new ones come; after so many passes nothing but stopping them helps. */
const MOST_PASSES = 10;
const STILL_COMING =
  'Orders keep coming: stop the webhook and the sweep first (README, "Stop everything now"), then try again.';

/** What came of calling everything off. */
interface AllOutcomes {
  readonly calledOff: readonly CalledOff[];
  /** What the last pass found and left. */
  readonly left: readonly NotCalledOff[];
  readonly malformed: readonly string[];
  /** False where every pass found something new. */
  readonly isQuiet: boolean;
}

/**
 * `cascade cancel --all`: calls off every order that is planned, parked or waiting, until a pass over all that is due
 * finds nothing more.
 *
 * @returns 1 where an order may still be started: it was being started just then. What runs in Qlik already is only told.
 */
export async function cancelAll(context: LedgerContext): Promise<ExitCode> {
  const { terminal, json } = context;
  const { calledOff, left, malformed, isQuiet } = await callOffAll(context);
  const mayStart = !isQuiet || left.some(({ state }) => !isStartedOrOver(state));
  const outcomes = [...calledOff, ...left];
  if (json) writeJson(terminal, { ok: !mayStart, calledOff: calledOff.length, outcomes, malformed, isQuiet });
  else {
    for (const outcome of outcomes) terminal.write(`${outcomeText(outcome)}\n`);
    const rest = left.length === 0 ? '' : `, ${left.length} not`;
    terminal.write(`${counted(calledOff.length, 'order')} called off${rest}\n`);
    for (const one of malformed) terminal.writeError(`Left out, as it is no order of this version: ${one}\n`);
    if (!isQuiet) terminal.writeError(`${STILL_COMING}\n`);
  }
  return mayStart ? EXIT.problems : EXIT.ok;
}

const isStartedOrOver = (state: OrderState): boolean => state === 'posted' || isFinal(state);

async function callOffAll(context: LedgerContext): Promise<AllOutcomes> {
  const calledOff: CalledOff[] = [];
  for (let pass = 1; ; pass += 1) {
    const { found, malformed } = await readDueOrders(context.store);
    const left: NotCalledOff[] = [];
    let isQuiet = true;
    for (const order of found) {
      const outcome = await callOffOrFree(context, order);
      if (outcome === 'freed') isQuiet = false;
      else if (outcome?.kind === 'refused') left.push(outcome);
      else if (outcome !== undefined) {
        calledOff.push(outcome);
        isQuiet = false;
      }
    }
    if (isQuiet || pass === MOST_PASSES) return { calledOff, left, malformed, isQuiet };
  }
}

/**
 * A merged order is due while nobody has made sure that the other one still goes on. Where that one is called off it would
 * be planned again later: better now, for the next pass to call it off.
 */
async function callOffOrFree(context: LedgerContext, order: OrderDocument): Promise<Outcome | 'freed' | undefined> {
  if (!isFinal(order.state)) return await callOff(context, order);
  if (order.state !== 'merged' || order.into === undefined) return undefined;
  const other = await context.store.get(order.into);
  if (other?.['state'] !== 'called-off') return undefined;
  await planAgain(context, order);
  return 'freed';
}
