import type { StartAnswer } from '../../src/clients/qlik/qlik-port.ts';
import type { ReloadId } from '../../src/core/names.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import { addMs, type EpochMs } from '../../src/core/units.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import { countStart } from '../../src/ledger/count-start.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { shutGate } from '../../src/ledger/gate.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { type Attempt, callTimeout } from './attempt.ts';
import { learnEcho } from './learn-echo.ts';
import { lookForOwn } from './look-for-own.ts';
import { doubtBeganAt, giveUp, type LedgerResult, leave, leaveUnknown, ledgerResult, tellPeople } from './outcome.ts';
import { parkOrder, type RoundEnd } from './park-order.ts';
import { adopt, recordStart } from './record-start.ts';

const over = (result: LedgerResult): RoundEnd => ({ kind: 'over', result });

/** Sends the POST of a claimed order, unless the fence forbids it, and writes down what came of it. */
export async function postOrder(claim: Claim, attempt: Attempt): Promise<RoundEnd> {
  const { order } = claim;
  const timeout = callTimeout(attempt);
  if (timeout === undefined || !isLeaseLongEnough(order, attempt)) return over(ledgerResult('too-late', order));
  const { _id, appId, body } = order;
  const answer = await attempt.qlik.startReload({ appId, body, resourceId: resourceIdOf(_id, order.try) }, timeout);
  switch (answer.kind) {
    case 'started':
      return over(await afterStart(claim, answer.reloadId, attempt));
    case 'unknown':
      return over(await afterNoAnswer(claim, answer.message, attempt));
    case 'busy':
      return parkOrder(claim, answer.message, attempt);
    case 'wait':
      return over(await waitFor(claim, answer, attempt));
    case 'permanent':
      return over(await giveUp(claim, 'is not reloaded', { code: answer.code, message: answer.message }, attempt));
    default:
      return answer satisfies never;
  }
}

async function afterStart(claim: Claim, reloadId: ReloadId, attempt: Attempt): Promise<LedgerResult> {
  const result = await recordStart(claim, reloadId, attempt);
  await learnEcho(claim.order, reloadId, attempt);
  return result;
}

/**
 * The only fence there is: a POST is sent only while so much of the lease is left that a stall before the send does no
 * harm. By the store's clock as the claim's own answer told it; without that nothing is sent.
 */
function isLeaseLongEnough({ dueAt }: OrderDocument, { store, times }: Attempt): boolean {
  const now = store.now();
  return now !== undefined && dueAt !== undefined && dueAt - now > times.margin;
}

/** It may have been accepted: taken where the list shows it, else looked for again after the grace. */
async function afterNoAnswer(claim: Claim, message: string, attempt: Attempt): Promise<LedgerResult> {
  const { order, oldDoubt } = claim;
  // An older doubt was settled before this POST: what was sent now began after the claim.
  const first = oldDoubt === undefined ? {} : { first: doubtBeganAt(oldDoubt) };
  const doubt = { since: claim.at, sentAt: attempt.clock(), ...first };
  attempt.log.warn(`Not sure whether the reload was accepted: ${message}`, { order: order._id });
  const look = await lookForOwn(order, doubt, attempt);
  if (look.kind === 'own')
    return adopt({ ...claim, order: { ...order, doubt } }, look.reload.id, look.isCertain, attempt);
  return leaveUnknown(order, doubt, message, attempt);
}

type Wait = Extract<StartAnswer, { kind: 'wait' }>;

async function waitFor({ order, oldDoubt }: Claim, answer: Wait, attempt: Attempt): Promise<LedgerResult> {
  const { code, message } = answer;
  const until = await untilOf(order, answer, attempt);
  return leave(order, 'waiting', attempt, { doubt: oldDoubt, reason: { code, message } }, until);
}

/** When the order is due again; whoever else has to know of it is told. */
async function untilOf(order: OrderDocument, { code, message, retryAfter }: Wait, attempt: Attempt): Promise<EpochMs> {
  const { tenant, appId } = order;
  const asked = addMs(attempt.clock(), retryAfter);
  switch (code) {
    case 'QLIK_RATE_LIMITED':
      return shutGate(tenant, asked, attempt.store, attempt.log);
    case 'QLIK_QUOTA':
      await tellPeople('quota', `${tenant}:${appId}`, `The app ${appId}: ${message}`, attempt);
      return asked;
    case 'QLIK_UNREACHABLE':
      await tellUnreachable(order, message, attempt);
      return asked;
    default:
      return code satisfies never;
  }
}

/** People are told of a tenant that an order could not be sent to for an hour. */
async function tellUnreachable(
  { tenant, appId, createdAt }: OrderDocument,
  why: string,
  attempt: Attempt,
): Promise<void> {
  if (attempt.clock() < addMs(createdAt, attempt.times.longDoubt)) return;
  const text = `The app ${appId} of tenant ${tenant} is owed for an hour or longer, and the tenant cannot be asked for it: ${why}. It is tried again with each sweep.`;
  await tellPeople('unreachable', tenant, text, attempt);
}

/**
 * Holds an order back if nobody can count its hops and its app was started too often in the last hour: without it a run
 * that feeds itself would never end in a tenant that does not echo (ledger.md §9).
 *
 * Only our own starts are counted, by the ledger. So nobody depends on Qlik's list, which may fail for days.
 *
 * If others count their orders at the same moment, the order waits a minute, and nobody is alerted.
 *
 * @returns undefined if the order may be posted.
 * @throws CascadeError as `countStart`.
 */
export async function guardRate({ order, oldDoubt }: Claim, attempt: Attempt): Promise<LedgerResult | undefined> {
  if (order.areHopsUnsure !== true) return undefined;
  const counted = await countStart(order, attempt);
  if (counted.kind === 'may-start') return undefined;
  if (counted.kind === 'crowded') {
    const until = addMs(attempt.clock(), attempt.times.planned);
    return leave(order, 'waiting', attempt, { doubt: oldDoubt, reason: CROWDED }, until);
  }
  const reason = { code: 'too-many-starts', message: messageOf(order, counted.starts, attempt) };
  await alertOf(order, reason.message, attempt);
  return leave(order, 'waiting', attempt, { doubt: oldDoubt, reason }, counted.until);
}

const CROWDED = {
  code: 'STORE_UNAVAILABLE',
  message: 'Other orders of this app wrote its `rate` document each time before this one could be counted',
};

const messageOf = ({ tenant, appId }: OrderDocument, starts: number, { maxStartsPerHour }: Attempt): string =>
  `Cascade started the app ${appId} of tenant ${tenant} ${starts} times in an hour, and nothing tells whether it is its own cause. Look at its chains, or raise MAX_STARTS_PER_HOUR (${maxStartsPerHour}).`;

const alertOf = ({ tenant, appId }: OrderDocument, message: string, { store, traceId, clock, log }: Attempt) =>
  raiseAlert(store, { kind: 'too-many-starts', subject: `${tenant}:${appId}`, message, traceId, at: clock() }, log);
