import { groupBy } from '../../src/core/chains/group-by.ts';
import { appKey } from '../../src/core/names.ts';
import { isFinal, type OrderState } from '../../src/core/order-state.ts';
import type { OrderDocument } from '../../src/ledger/documents/order-document.ts';
import { readOrder } from '../../src/ledger/read-order.ts';
import { counted, EXIT, type ExitCode, writeJson } from '../terminal.ts';
import { type CalledOff, callOff, type NotCalledOff, type Outcome, outcomeText, settleCallOffs } from './call-off.ts';
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
    const { outcomes, off } = await callOffEach(context, found);
    calledOff.push(...outcomes.filter((outcome) => outcome.kind === 'called-off'));
    for (const ofApp of groupBy(off, appKey).values()) await settleCallOffs(context, ofApp);
    if (off.length > 0 && pass < MOST_PASSES) continue;
    const left = outcomes.filter((outcome) => outcome.kind === 'refused');
    return { calledOff, left, malformed, isQuiet: off.length === 0 };
  }
}

/** @returns also the orders that are called off, and not settled yet: what was merged into them is still to be planned again. */
async function callOffEach(
  context: LedgerContext,
  due: readonly OrderDocument[],
): Promise<{ readonly outcomes: readonly Outcome[]; readonly off: readonly OrderDocument[] }> {
  const outcomes: Outcome[] = [];
  const off: OrderDocument[] = [];
  for (const order of due) {
    if (isFinal(order.state)) off.push(...(await calledOffBy(order, context)));
    else {
      const called = await callOff(context, order);
      outcomes.push(called.outcome);
      if (called.outcome.kind === 'called-off') off.push(called.order);
    }
  }
  return { outcomes, off };
}

/**
 * A merged order is due while nobody has made sure that the other one still goes on. Where that one is called off it would
 * be planned again later: better now, for the next pass to call it off.
 */
async function calledOffBy(order: OrderDocument, { store }: LedgerContext): Promise<readonly OrderDocument[]> {
  if (order.state === 'called-off') return [order];
  const other = order.into === undefined ? undefined : await store.get(order.into);
  return other?.['state'] === 'called-off' ? [readOrder(other)] : [];
}
