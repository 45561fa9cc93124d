/*
 * The action `reload` starts one reload in Qlik for one order. An order is a reload that Cascade owes. Its document in
 * the ledger (Cascade's memory) says how far it has come. This file takes an order from there as far as possible. It
 * must not start the app twice, although activations (runs of the action) may die at any point.
 *
 * An order is in doubt if nobody knows whether Qlik started its reload.
 */

import type { CreatedRequest, DueRequest } from '../../src/contracts/order-request.ts';
import { isFinal } from '../../src/core/order-state.ts';
import { addMs } from '../../src/core/units.ts';
import { type Claim, claimOrder } from '../../src/ledger/claim-order.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { clearSlot } from '../../src/ledger/park-slots.ts';
import { lookForOwn } from './look-for-own.ts';
import { callTimeout, type OrderWork, openOrder, type ReloadOrderPorts } from './order-work.ts';
import { giveUp, type LedgerResult, leaveUnknown, leaveWaiting, ledgerResult, taken } from './outcome.ts';
import { settleCallOff, settleMerge, type TryEnd } from './park-order.ts';
import { guardRate, postOrder, type RateRefusal } from './post-order.ts';
import { adopt } from './record-start.ts';
import { isWaitedFor, waitAtGate, withoutGate } from './wait-at-gate.ts';

/**
 * How often one activation tries to start an order whose app Qlik calls busy, although Qlik's list says a moment later
 * that the app is free. After that the order stays parked, and the sweep looks at it again in 5 minutes.
 */
const MOST_TRIES = 3;

/**
 * Takes one order of the ledger as far as possible now (docs/ledger.md, "An order's life"):
 *
 * 1. Claims the order, so that no other activation works on it.
 * 2. If the order is in doubt, settles the doubt: it finds out whether Qlik started a reload.
 * 3. Sends the POST, unless the order has a reload or has to wait.
 * 4. Stores the result.
 *
 * The activation may die at any point, and others may run beside it.
 *
 * @throws CascadeError PARAMETERS_INVALID (the ledger has no such order), LEDGER_MALFORMED (a document is malformed),
 *   DOCUMENT_REFUSED (CouchDB refuses a document for its content), SETTINGS_INVALID (the tenant is not in the settings,
 *   or has another address there than in the ledger), STORE_UNAVAILABLE, STORE_REFUSED (the order stays due).
 */
export async function reloadOrder(
  request: CreatedRequest | DueRequest,
  ports: ReloadOrderPorts,
): Promise<LedgerResult> {
  const { order, work } = await openOrder(request, ports);
  const isWoken = 'due' in request && request.wake === true;
  const stop = whyNotNow(order, isWoken, work);
  if (stop === undefined) return goOn(order, work);
  // The app's document `park` still names this order as one that waits, so each end of the app would wake it again.
  if (stop === 'finished' && isWoken) await clearSlot(order, work.patientStore, work.log);
  return ledgerResult(stop, order);
}

/**
 * Takes the order's next step. A merged order is served by another order's reload, and a called-off order is no longer
 * wanted. So neither is started: this only finishes what was left undone for them. Any other order is started.
 */
function goOn(order: OrderDocument, work: OrderWork): Promise<LedgerResult> {
  if (order.state === 'merged') return settleMerge(order, work);
  return order.state === 'called-off' ? settleCallOff(order, work) : start(order, work);
}

/**
 * Why this activation does nothing with an order; undefined if there is something to do. A planned order need not be
 * due: its `dueAt` is for the sweep. A parked order waits for its busy app. If the app's reload ended (`isWoken`), the
 * order goes on before it is due.
 */
function whyNotNow(order: OrderDocument, isWoken: boolean, { clock }: OrderWork): 'finished' | 'not-due' | undefined {
  const { state, dueAt } = order;
  const isSettled = isFinal(state) && dueAt === undefined;
  if (state === 'posted' || state === 'ended' || state === 'gave-up' || isSettled) return 'finished';
  if (state === 'planned' || (state === 'parked' && isWoken)) return undefined;
  return dueAt !== undefined && dueAt > clock() ? 'not-due' : undefined;
}

/**
 * Tries to start an order. If its app is busy, the order is parked. If the app is free a moment later, this tries
 * again.
 */
async function start(order: OrderDocument, work: OrderWork): Promise<LedgerResult> {
  let current = order;
  for (let tries = 1; ; tries += 1) {
    const end = await tryOnce(current, work);
    if (!('free' in end)) return end;
    current = end.free;
    if (tries === MOST_TRIES || callTimeout(work) === undefined) return ledgerResult('parked', current);
  }
}

/**
 * Claims an order, settles its doubt, and sends its POST unless the order has a reload or must wait. If Qlik refuses
 * the POST only for a moment (`isWaitedFor`), this waits and sends it once more. The claim holds meanwhile.
 */
async function tryOnce(order: OrderDocument, work: OrderWork): Promise<TryEnd> {
  const claim = await claimOrder(order, work);
  if (claim === undefined) return taken(order, work);
  const settled = await settleDoubt(claim, work);
  if ('held' in settled) return settled.held;
  const { claim: mine } = settled;
  const first = await postAtGate(mine, work);
  if (!('refusedUntil' in first)) return first;
  const { refusedUntil, reason } = first;
  if (!isWaitedFor(refusedUntil, mine, work)) return leaveWaiting(mine, reason, refusedUntil, work);
  // This does not go by the gate alone, because CouchDB may have failed to store it.
  await work.sleep(refusedUntil - work.clock());
  const second = await postAtGate(mine, withoutGate(work));
  return 'refusedUntil' in second ? leaveWaiting(mine, second.reason, second.refusedUntil, work) : second;
}

/** Sends the POST of a claimed order, unless its tenant's gate is shut or its app was started too often. */
async function postAtGate(claim: Claim, work: OrderWork): Promise<TryEnd | RateRefusal> {
  const held = (await waitAtGate(claim, work)) ?? (await guardRate(claim, work));
  return held ?? postOrder(claim, work);
}

/** Whether this activation may post the order. `claim`: it may. `held`: it may not, and this is its result. */
type Settled = { readonly held: LedgerResult } | { readonly claim: Claim };

/**
 * Settles the doubt of an order, if it has one, by Qlik's list of reloads:
 *
 * - The list shows a reload of the order. The order takes this reload.
 * - The list shows none, and we sent the last POST more than the grace (60 s) ago. So Qlik started none, and the order
 *   may be posted again. The doubt stays until the next answer. Its new `absentAt` says that later lists need not reach
 *   further back.
 * - The list does not reach back far enough, because Qlik has dropped old reloads. After the grace the order is given
 *   up.
 * - In all other cases the order stays in doubt.
 */
async function settleDoubt(claim: Claim, work: OrderWork): Promise<Settled> {
  const { order, oldDoubt } = claim;
  if (oldDoubt === undefined) return { claim };
  const look = await lookForOwn(order, oldDoubt, work);
  if (look.kind === 'own') return { held: await adopt(claim, look.reload.id, look.isCertain, work) };
  const now = work.clock();
  const isOldEnough = now >= addMs(oldDoubt.sentAt ?? oldDoubt.since, work.times.grace);
  if (look.kind === 'absent' && isOldEnough) return { claim: { ...claim, oldDoubt: { ...oldDoubt, absentAt: now } } };
  if (look.kind === 'forgotten' && isOldEnough) {
    const reason = { code: 'QLIK_UNKNOWN', message: look.message };
    return { held: await giveUp(claim, 'may not have been reloaded', reason, work) };
  }
  const message = look.kind === 'absent' ? 'Qlik’s list does not show it yet' : look.message;
  return { held: await leaveUnknown(order, oldDoubt, message, work) };
}
