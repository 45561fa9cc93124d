import type { StartAnswer } from '../../src/clients/qlik/qlik-port.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import { addMs, type EpochMs, seconds } from '../../src/core/units.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import { countStart } from '../../src/ledger/count-start.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { shutGate } from '../../src/ledger/gate.ts';
import { type Attempt, callTimeout } from './attempt.ts';
import { learnEcho } from './learn-echo.ts';
import { lookForOwn } from './look-for-own.ts';
import { alert, doubtBeganAt, giveUp, type LedgerResult, leave, leaveUnknown, ledgerResult } from './outcome.ts';
import { parkOrder, type TryEnd } from './park-order.ts';
import { adopt, recordStart } from './record-start.ts';

/** Sends the POST of a claimed order, unless too little of its lease is left, and stores what came of it. */
export async function postOrder(claim: Claim, attempt: Attempt): Promise<TryEnd> {
  const { order } = claim;
  const timeout = callTimeout(attempt);
  if (timeout === undefined || !isLeaseLongEnough(order, attempt)) return ledgerResult('too-late', order);
  const { _id, appId, body } = order;
  const answer = await attempt.qlik.startReload({ appId, body, resourceId: resourceIdOf(_id, order.try) }, timeout);
  switch (answer.kind) {
    case 'started': {
      const result = await recordStart(claim, answer.reloadId, attempt);
      await learnEcho(order, answer.reloadId, attempt);
      return result;
    }
    case 'unknown':
      return afterNoAnswer(claim, answer.message, attempt);
    case 'busy':
      return parkOrder(claim, answer.message, attempt);
    case 'wait':
      return wait(claim, answer, await dueAfter(order, answer, attempt), attempt);
    case 'permanent':
      return giveUp(claim, 'is not reloaded', { code: answer.code, message: answer.message }, attempt);
    default:
      return answer satisfies never;
  }
}

/**
 * Whether so much of the lease is left that a stall before the send does no harm. It is the only thing that keeps a slow
 * activation from sending after its lease. The time is that of CouchDB's answer to the claim; without one nothing is sent.
 */
function isLeaseLongEnough({ dueAt }: OrderDocument, { store, times }: Attempt): boolean {
  const now = store.now();
  return now !== undefined && dueAt !== undefined && dueAt - now > times.margin;
}

/** Qlik may have accepted the POST: its reload is taken if the list shows it, else looked for again after the grace. */
async function afterNoAnswer(claim: Claim, message: string, attempt: Attempt): Promise<LedgerResult> {
  const { order, oldDoubt } = claim;
  // An older doubt was settled before this POST, so what was sent now began after the claim.
  const first = oldDoubt === undefined ? {} : { first: doubtBeganAt(oldDoubt) };
  const doubt = { since: claim.at, sentAt: attempt.clock(), ...first };
  attempt.log.warn(`Not sure whether the reload was accepted: ${message}`, { order: order._id });
  const look = await lookForOwn(order, doubt, attempt);
  return look.kind === 'own'
    ? adopt({ ...claim, order: { ...order, doubt } }, look.reload.id, look.isCertain, attempt)
    : leaveUnknown(order, doubt, message, attempt);
}

/** Leaves an order that may be posted later. Its older doubt stays. */
const wait = (
  { order, oldDoubt }: Claim,
  { code, message }: { readonly code: string; readonly message: string },
  until: EpochMs,
  attempt: Attempt,
): Promise<LedgerResult> => leave(order, 'waiting', attempt, { doubt: oldDoubt, reason: { code, message } }, until);

/** CouchDB's `Date` has whole seconds. So a clock that goes by it may be a second ahead of another one. */
const CLOCK_STEP = seconds(1);

/** When an order is due again that its tenant did not take; also shuts the tenant's gate, or raises an alert. */
async function dueAfter(
  { tenant, appId, createdAt }: OrderDocument,
  { code, message, retryAfter }: Extract<StartAnswer, { kind: 'wait' }>,
  attempt: Attempt,
): Promise<EpochMs> {
  const now = attempt.clock();
  const until = addMs(now, retryAfter);
  switch (code) {
    case 'QLIK_RATE_LIMITED':
      return shutGate(tenant, addMs(until, CLOCK_STEP), attempt.store, attempt.log);
    case 'QLIK_QUOTA':
      await alert('quota', `${tenant}:${appId}`, `The app ${appId}: ${message}`, attempt);
      return until;
    case 'QLIK_UNREACHABLE':
      if (now >= addMs(createdAt, attempt.times.longDoubt)) {
        const text = `The app ${appId} of tenant ${tenant} is owed for an hour or longer, and the tenant cannot be asked for it: ${message}. It is tried again with each sweep.`;
        await alert('unreachable', tenant, text, attempt);
      }
      return until;
    default:
      return code satisfies never;
  }
}

/**
 * Holds an order back if its hops cannot be counted and its app was started too often in the last hour. Without this a run
 * that feeds itself would never end in a tenant that does not echo our ids.
 *
 * The ledger counts our own starts. Qlik's list is not asked, since it may fail for days.
 *
 * @returns undefined if the order may be posted.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function guardRate(claim: Claim, attempt: Attempt): Promise<LedgerResult | undefined> {
  const { order } = claim;
  if (order.areHopsUnsure !== true) return undefined;
  const counted = await countStart(order, attempt);
  if (counted.kind === 'may-start') return undefined;
  if (counted.kind === 'crowded') return wait(claim, CROWDED, addMs(attempt.clock(), attempt.times.planned), attempt);
  const { tenant, appId } = order;
  const code = 'too-many-starts';
  const message = `Cascade started the app ${appId} of tenant ${tenant} ${counted.starts} times in an hour, and it is unknown whether the app is its own cause. Look at its chains, or raise MAX_STARTS_PER_HOUR (${attempt.maxStartsPerHour}).`;
  await alert(code, `${tenant}:${appId}`, message, attempt);
  return wait(claim, { code, message }, counted.until, attempt);
}

/** No alert: the order is counted in a minute. */
const CROWDED = {
  code: 'STORE_UNAVAILABLE',
  message: 'Other orders of this app wrote its `rate` document each time before this one could be counted',
};
