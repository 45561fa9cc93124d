import type { StartAnswer } from '../../src/clients/qlik/qlik-port.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import { addMs } from '../../src/core/units.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import type { OrderDocument } from '../../src/ledger/documents/order-document.ts';
import { shutGate } from '../../src/ledger/shut-gate.ts';
import { giveUp } from './give-up.ts';
import { beganAt, leaveUnknown } from './leave-unknown.ts';
import { type LedgerResult, ledgerResult } from './ledger-result.ts';
import { lookForOwn } from './look-for-own.ts';
import { parkOrder, type RoundEnd } from './park-order.ts';
import { adopt, recordStart } from './record-start.ts';
import { callTimeout, type Run } from './run-of.ts';
import { leave } from './settle.ts';
import { tellPeople } from './tell-people.ts';

const over = (result: LedgerResult): RoundEnd => ({ kind: 'over', result });

/** Sends the POST of a claimed order, unless the fence forbids it, and writes down what came of it. */
export async function postOrder(claim: Claim, run: Run): Promise<RoundEnd> {
  const { order } = claim;
  const timeout = callTimeout(run);
  if (timeout === undefined || !isLeaseLongEnough(order, run)) return over(ledgerResult('too-late', order));
  const { _id, appId, body } = order;
  const answer = await run.qlik.startReload({ appId, body, resourceId: resourceIdOf(_id, order.try) }, timeout);
  switch (answer.kind) {
    case 'started':
      return over(await recordStart(claim, answer.reloadId, run));
    case 'unknown':
      return over(await afterNoAnswer(claim, answer.message, run));
    case 'busy':
      return parkOrder(claim, answer.message, run);
    case 'wait':
      return over(await waitFor(claim, answer, run));
    case 'permanent':
      return over(await giveUp(claim, 'is not reloaded', { code: answer.code, message: answer.message }, run));
    default:
      return answer satisfies never;
  }
}

/**
 * The only fence there is: a POST is sent only while so much of the lease is left that a stall before the send does no
 * harm. By the store's clock as the claim's own answer told it; without that nothing is sent.
 */
function isLeaseLongEnough({ dueAt }: OrderDocument, { store, times }: Run): boolean {
  const now = store.now();
  return now !== undefined && dueAt !== undefined && dueAt - now > times.margin;
}

/** It may have been accepted: taken where the list shows it, else looked for again after the grace. */
async function afterNoAnswer(claim: Claim, message: string, run: Run): Promise<LedgerResult> {
  const { order, oldDoubt } = claim;
  // An older doubt was settled before this POST: what was sent now began after the claim.
  const first = oldDoubt === undefined ? {} : { first: beganAt(oldDoubt) };
  const doubt = { since: claim.at, sentAt: run.clock(), ...first };
  run.log.warn(`Not sure whether the reload was accepted: ${message}`, { order: order._id });
  const look = await lookForOwn(order, doubt, run);
  if (look.kind === 'own') return adopt({ ...claim, order: { ...order, doubt } }, look.reload.id, look.isCertain, run);
  return leaveUnknown(order, doubt, message, run);
}

async function waitFor(
  { order, oldDoubt }: Claim,
  { code, message, retryAfter }: Extract<StartAnswer, { kind: 'wait' }>,
  run: Run,
): Promise<LedgerResult> {
  const asked = addMs(run.clock(), retryAfter);
  const isForAll = code === 'QLIK_RATE_LIMITED';
  const until = isForAll ? await shutGate(order.tenant, asked, run.store, run.log) : asked;
  if (!isForAll) await tellPeople('quota', `${order.tenant}:${order.appId}`, `The app ${order.appId}: ${message}`, run);
  return leave(order, 'waiting', run, { doubt: oldDoubt, reason: { code, message } }, until);
}
