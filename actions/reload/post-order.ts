/*
 * The action `reload` starts one reload for one order (a reload that Cascade owes). This file sends the POST to Qlik
 * and does what Qlik's answer demands. The app must not start twice. So only an activation (a run of the action) that
 * has claimed the order may send the POST, and only before the claim's lease ends.
 *
 * If Qlik gives no clear answer, the order is in doubt: nobody knows whether Qlik started its reload.
 */

import type { StartAnswer } from '../../src/clients/qlik/qlik-port.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import type { Reason } from '../../src/core/reload-finished.ts';
import { addMs, type EpochMs, seconds } from '../../src/core/units.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import { countStart } from '../../src/ledger/count-start.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { shutGate } from '../../src/ledger/gate.ts';
import { learnEcho } from './learn-echo.ts';
import { lookForOwn } from './look-for-own.ts';
import { callTimeout, type OrderWork } from './order-work.ts';
import { alert, doubtBeganAt, giveUp, type LedgerResult, leaveUnknown, leaveWaiting, ledgerResult } from './outcome.ts';
import { parkOrder, type TryEnd } from './park-order.ts';
import { adopt, recordStart } from './record-start.ts';

/** The result if the tenant's rate limit is spent. Qlik has started nothing. The order is still claimed. */
export interface RateRefusal {
  /** Until when the order must not be posted, by the store's clock. */
  readonly refusedUntil: EpochMs;
  readonly reason: Reason;
}

/** Sends the POST of a claimed order, unless too little of its lease or of the time is left, and stores the result. */
export async function postOrder(claim: Claim, work: OrderWork): Promise<TryEnd | RateRefusal> {
  const { order } = claim;
  const timeout = callTimeout(work);
  if (timeout === undefined || !isLeaseLongEnough(order, work)) return ledgerResult('too-late', order);
  const { _id, appId, body } = order;
  const answer = await work.qlik.startReload({ appId, body, resourceId: resourceIdOf(_id, order.try) }, timeout);
  switch (answer.kind) {
    case 'started': {
      const result = await recordStart(claim, answer.reloadId, work);
      await learnEcho(order, answer.reloadId, work);
      return result;
    }
    case 'unknown':
      return afterNoAnswer(claim, answer.message, work);
    case 'busy':
      return parkOrder(claim, answer.message, work);
    case 'wait': {
      const until = await dueAfter(order, answer, work);
      if (answer.code === 'QLIK_RATE_LIMITED') return { refusedUntil: until, reason: answer };
      return leaveWaiting(claim, answer, until, work);
    }
    case 'permanent':
      return giveUp(claim, 'is not reloaded', { code: answer.code, message: answer.message }, work);
    default:
      return answer satisfies never;
  }
}

/**
 * Whether enough of the lease is left to send the POST. After the lease another activation may send the POST, so a slow
 * activation must not send it, too. The time is CouchDB's. If it is unknown, the POST is not sent.
 */
function isLeaseLongEnough({ dueAt }: OrderDocument, { store, times }: OrderWork): boolean {
  const now = store.now();
  return now !== undefined && dueAt !== undefined && dueAt - now > times.margin;
}

/**
 * Qlik may have accepted the POST. If Qlik's list shows the reload, the order takes that reload. Otherwise the order
 * stays in doubt.
 */
async function afterNoAnswer(claim: Claim, message: string, work: OrderWork): Promise<LedgerResult> {
  const { order, oldDoubt } = claim;
  // An older doubt was settled before this POST, so the new doubt is about this POST only. `first` keeps when the older
  // doubt began, because people get an alert if doubts follow each other for an hour.
  const first = oldDoubt === undefined ? {} : { first: doubtBeganAt(oldDoubt) };
  const doubt = { since: claim.at, sentAt: work.clock(), ...first };
  work.log.warn(`Not sure whether the reload was accepted: ${message}`, { order: order._id });
  const look = await lookForOwn(order, doubt, work);
  return look.kind === 'own'
    ? adopt({ ...claim, order: { ...order, doubt } }, look.reload.id, look.isCertain, work)
    : leaveUnknown(order, doubt, message, work);
}

/** The `Date` of CouchDB's answers has whole seconds. So two activations may see its clock up to a second apart. */
const CLOCK_STEP = seconds(1);

/**
 * Decides when an order that Qlik did not take is due again.
 *
 * - The tenant's rate limit is spent: this also shuts the tenant's gate, which says until when no order is posted
 *   there.
 * - The app's quota of reloads is spent: this raises an alert.
 * - Qlik cannot be reached: if the order is an hour old, this raises an alert.
 */
async function dueAfter(
  { tenant, appId, createdAt }: OrderDocument,
  { code, message, retryAfter }: Extract<StartAnswer, { kind: 'wait' }>,
  work: OrderWork,
): Promise<EpochMs> {
  const now = work.clock();
  const until = addMs(now, retryAfter);
  switch (code) {
    case 'QLIK_RATE_LIMITED':
      return shutGate(tenant, addMs(until, CLOCK_STEP), work.store, work.log);
    case 'QLIK_QUOTA':
      await alert('quota', `${tenant}:${appId}`, `The app ${appId}: ${message}`, work);
      return until;
    case 'QLIK_UNREACHABLE':
      if (now >= addMs(createdAt, work.times.longDoubt)) {
        const text = `The app ${appId} of tenant ${tenant} is owed for an hour or longer, and the tenant cannot be asked for it: ${message}. It is tried again with each sweep.`;
        await alert('unreachable', tenant, text, work);
      }
      return until;
    default:
      return code satisfies never;
  }
}

/**
 * Makes an order whose hops may be wrong wait, if its app was started too often in the last hour. This limit stops apps
 * that reload each other for ever.
 *
 * Usually MAX_HOPS stops them: hops count the orders since the beginning of a run (everything that followed from one
 * ended reload). They may be wrong if a tenant does not show in its records which order a reload was started for. Then
 * this limit takes their place.
 *
 * The starts are counted in the ledger and not in Qlik's list, because the list may fail for days.
 *
 * @returns undefined if the order may be posted.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED, LEDGER_MALFORMED.
 */
export async function guardRate(claim: Claim, work: OrderWork): Promise<LedgerResult | undefined> {
  const { order } = claim;
  if (order.areHopsUnsure !== true) return undefined;
  const counted = await countStart(order, work);
  if (counted.kind === 'may-start') return undefined;
  if (counted.kind === 'crowded') return leaveWaiting(claim, CROWDED, addMs(work.clock(), work.times.planned), work);
  const { tenant, appId } = order;
  const code = 'too-many-starts';
  const message = `Cascade started the app ${appId} of tenant ${tenant} ${counted.starts} times in an hour, and it is unknown whether the app is its own cause. Look at its chains, or raise MAX_STARTS_PER_HOUR (${work.maxStartsPerHour}).`;
  await alert(code, `${tenant}:${appId}`, message, work);
  return leaveWaiting(claim, { code, message }, counted.until, work);
}

/**
 * Why an order waits if its start could not be counted now. There is no alert, because the order is tried again after a
 * minute.
 */
const CROWDED = {
  code: 'STORE_UNAVAILABLE',
  message: 'Other orders of this app wrote its `rate` document each time before this one could be counted',
};
