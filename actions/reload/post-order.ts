import type { StartAnswer } from '../../src/clients/qlik/qlik-port.ts';
import type { ReloadId } from '../../src/core/names.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import { addMs, type EpochMs } from '../../src/core/units.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { shutGate } from '../../src/ledger/gate.ts';
import { giveUp } from './give-up.ts';
import { learnEcho } from './learn-echo.ts';
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
      return over(await afterStart(claim, answer.reloadId, run));
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

async function afterStart(claim: Claim, reloadId: ReloadId, run: Run): Promise<LedgerResult> {
  const result = await recordStart(claim, reloadId, run);
  await learnEcho(claim.order, reloadId, run);
  return result;
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

type Wait = Extract<StartAnswer, { kind: 'wait' }>;

async function waitFor({ order, oldDoubt }: Claim, answer: Wait, run: Run): Promise<LedgerResult> {
  const { code, message } = answer;
  const until = await untilOf(order, answer, run);
  return leave(order, 'waiting', run, { doubt: oldDoubt, reason: { code, message } }, until);
}

/** When the order is due again; whoever else has to know of it is told. */
async function untilOf(order: OrderDocument, { code, message, retryAfter }: Wait, run: Run): Promise<EpochMs> {
  const { tenant, appId } = order;
  const asked = addMs(run.clock(), retryAfter);
  switch (code) {
    case 'QLIK_RATE_LIMITED':
      return shutGate(tenant, asked, run.store, run.log);
    case 'QLIK_QUOTA':
      await tellPeople('quota', `${tenant}:${appId}`, `The app ${appId}: ${message}`, run);
      return asked;
    case 'QLIK_UNREACHABLE':
      await tellUnreachable(order, message, run);
      return asked;
    default:
      return code satisfies never;
  }
}

/** People are told of a tenant that an order could not be sent to for an hour. */
async function tellUnreachable({ tenant, appId, createdAt }: OrderDocument, why: string, run: Run): Promise<void> {
  if (run.clock() < addMs(createdAt, run.times.longDoubt)) return;
  const text = `The app ${appId} of tenant ${tenant} is owed for an hour or longer, and the tenant cannot be asked for it: ${why}. It is tried again with each sweep.`;
  await tellPeople('unreachable', tenant, text, run);
}
