import { isFinal, type OrderState } from '../../src/core/order-state.ts';
import { counted, EXIT, type ExitCode, writeJson } from '../terminal.ts';
import { outcomeText } from './call-off.ts';
import { callOffAll } from './call-off-all.ts';
import type { LedgerContext } from './ledger-command.ts';

const STILL_COMING =
  'Orders keep coming: stop the webhook and the sweep first (docs/operations.md, "Stop everything"), then try again.';

/**
 * `cascade cancel --all`: calls off every order that is planned, parked or waiting, until a pass over all that is due
 * finds nothing more.
 *
 * @returns 1 if an order may still be started, since it was being started just then, or if a document could not be read or
 *   written. What runs in Qlik already is only told.
 */
export async function cancelAll(context: LedgerContext): Promise<ExitCode> {
  const { terminal, json } = context;
  const { calledOff, left, malformed, problems, isQuiet } = await callOffAll(context);
  const mayStart = !isQuiet || left.some(({ state }) => !isStartedOrOver(state));
  const ok = !mayStart && malformed.length === 0 && problems.length === 0;
  const outcomes = [...calledOff, ...left];
  if (json) writeJson(terminal, { ok, calledOff: calledOff.length, outcomes, malformed, problems, isQuiet });
  else {
    for (const outcome of outcomes) terminal.write(`${outcomeText(outcome)}\n`);
    const rest = left.length === 0 ? '' : `, ${left.length} not`;
    terminal.write(`${counted(calledOff.length, 'order')} called off${rest}\n`);
    for (const one of malformed) terminal.writeError(`Left out, as it is no order of this version: ${one}\n`);
    for (const problem of problems) terminal.writeError(`${problem}\n`);
    if (!isQuiet) terminal.writeError(`${STILL_COMING}\n`);
  }
  return ok ? EXIT.ok : EXIT.problems;
}

const isStartedOrOver = (state: OrderState): boolean => state === 'posted' || isFinal(state);
