import type { CreatedRequest, DueRequest } from '../../src/contracts/order-request.ts';
import { isFinal } from '../../src/core/order-state.ts';
import { addMs, type EpochMs } from '../../src/core/units.ts';
import { type Claim, claimOrder } from '../../src/ledger/claim-order.ts';
import type { Doubt, OrderDocument } from '../../src/ledger/documents/order.ts';
import { clearSlot } from '../../src/ledger/park-slots.ts';
import { type Attempt, callTimeout, openOrder, type ReloadOrderPorts } from './attempt.ts';
import { lookForOwn } from './look-for-own.ts';
import { giveUp, type LedgerResult, leave, leaveUnknown, ledgerResult, taken } from './outcome.ts';
import { type RoundEnd, settleCallOff, settleMerge } from './park-order.ts';
import { guardRate, postOrder } from './post-order.ts';
import { adopt } from './record-start.ts';

/** A parked order whose app turns out to be free is taken from the top at most so often in one run. */
const MOST_ROUNDS = 3;

/**
 * Takes one order of the ledger as far as it goes now (ledger.md §7): claim it, settle what an earlier POST left in doubt,
 * send its POST once, write down what came of it. Safe at any point to die at, and beside any other run.
 *
 * @throws CascadeError STORE_UNAVAILABLE and STORE_REFUSED (the order stays due), PARAMETERS_INVALID (no such order),
 *   LEDGER_MALFORMED, SETTINGS_INVALID (no such tenant).
 */
export async function reloadOrder(
  request: CreatedRequest | DueRequest,
  ports: ReloadOrderPorts,
): Promise<LedgerResult> {
  const { order, attempt } = await openOrder(request, ports);
  const isWoken = 'due' in request && request.wake === true;
  const stop = whyNotNow(order, isWoken, attempt);
  if (stop === undefined) return goOn(order, attempt);
  if (stop === 'finished' && isWoken) await clearSlot(order, attempt.patientStore, attempt.log);
  return ledgerResult(stop, order);
}

function goOn(order: OrderDocument, attempt: Attempt): Promise<LedgerResult> {
  if (order.state === 'merged') return settleMerge(order, attempt);
  return order.state === 'called-off' ? settleCallOff(order, attempt) : takeUp(order, attempt);
}

function whyNotNow(order: OrderDocument, isWoken: boolean, { clock }: Attempt): 'finished' | 'not-due' | undefined {
  const { state, dueAt } = order;
  const isSettled = isFinal(state) && dueAt === undefined;
  if (state === 'posted' || state === 'ended' || state === 'gave-up' || isSettled) return 'finished';
  if (state === 'planned' || (state === 'parked' && isWoken)) return undefined;
  return dueAt !== undefined && dueAt > clock() ? 'not-due' : undefined;
}

async function takeUp(order: OrderDocument, attempt: Attempt): Promise<LedgerResult> {
  let current = order;
  for (let rounds = 1; ; rounds += 1) {
    const end = await takeRound(current, attempt);
    if (end.kind === 'over') return end.result;
    current = end.order;
    if (rounds === MOST_ROUNDS || callTimeout(attempt) === undefined) return ledgerResult('parked', current);
  }
}

async function takeRound(order: OrderDocument, attempt: Attempt): Promise<RoundEnd> {
  const claim = await claimOrder(order, attempt);
  if (claim === undefined) return { kind: 'over', result: taken(order, attempt) };
  const settled = await settleDoubt(order, claim, attempt);
  if ('held' in settled) return { kind: 'over', result: settled.held };
  const held = (await waitAtGate(settled.claim, attempt)) ?? (await guardRate(settled.claim, attempt));
  return held === undefined ? postOrder(settled.claim, attempt) : { kind: 'over', result: held };
}

/** What came of an older doubt: the order is held for now, or it may be posted. */
type Settled = { readonly held: LedgerResult } | { readonly claim: Claim };

/**
 * With a doubt nothing is posted before the list has been seen: ours is taken; "absent" is true only after the grace, and
 * then noted in the doubt, which stays: what is refused from now on must not be looked for further back than that.
 */
async function settleDoubt(before: OrderDocument, claim: Claim, attempt: Attempt): Promise<Settled> {
  const { order, oldDoubt } = claim;
  if (oldDoubt === undefined) return { claim };
  const look = await lookForOwn(order, oldDoubt, attempt);
  if (look.kind === 'own') return { held: await adopt(claim, look.reload.id, look.isCertain, attempt) };
  const now = attempt.clock();
  const isOldEnough = now >= addMs(lastSend(before, oldDoubt), attempt.times.grace);
  if (look.kind === 'absent' && isOldEnough) return { claim: { ...claim, oldDoubt: { ...oldDoubt, absentAt: now } } };
  if (look.kind === 'forgotten' && isOldEnough) {
    const reason = { code: 'QLIK_UNKNOWN', message: look.message };
    return { held: await giveUp(claim, 'may not have been reloaded', reason, attempt) };
  }
  const message = look.kind === 'absent' ? 'Qlik’s list does not show it yet' : look.message;
  return { held: await leaveUnknown(order, oldDoubt, message, attempt) };
}

/** A worker that died, or stalled before the send, may have sent until its lease ended. */
const lastSend = ({ state, dueAt }: OrderDocument, { since, sentAt = since }: Doubt): EpochMs =>
  state === 'claimed' && dueAt !== undefined && dueAt > sentAt ? dueAt : sentAt;

async function waitAtGate({ order, oldDoubt }: Claim, attempt: Attempt): Promise<LedgerResult | undefined> {
  const { gateUntil, clock } = attempt;
  if (gateUntil === undefined || gateUntil <= clock()) return undefined;
  const reason = { code: 'QLIK_RATE_LIMITED', message: 'The tenant’s rate limit is spent' };
  return leave(order, 'waiting', attempt, { doubt: oldDoubt, reason }, gateUntil);
}
