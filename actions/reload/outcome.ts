import type { OrderId } from '../../src/core/names.ts';
import type { OrderState } from '../../src/core/order-state.ts';
import type { Reason } from '../../src/core/reason.ts';
import { addMs, type EpochMs } from '../../src/core/units.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import type { AlertKind } from '../../src/ledger/documents/alert.ts';
import type { Doubt, OrderDocument } from '../../src/ledger/documents/order.ts';
import { moveOrder, type OrderChanges } from '../../src/ledger/move-order.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { type Saved, saveOrder } from '../../src/ledger/save-order.ts';
import { type Attempt, whenOf } from './attempt.ts';

/** What a run of `reload` did with its order. */
export type Did =
  | 'started' // a POST was answered 201
  | 'adopted' // a reload that an earlier POST started was found
  | 'unknown' // a POST may have been accepted; looked at again after the grace
  | 'parked' // the app is busy
  | 'merged' // another parked order's reload does for it
  | 'waiting' // the tenant takes it later
  | 'gave-up' // the tenant refused it for good, or nobody can tell any more whether it was started
  | 'planned-again' // it had merged into an order that was called off
  | 'call-off-settled' // what had merged into it before it was called off is planned again
  | 'second-start' // the order has another reload already: a person is told
  | 'finished' // there was nothing to do any more
  | 'not-due' // somebody is at it, or it waits
  | 'taken' // another activation was quicker
  | 'too-late'; // too little of the lease, or of the attempt's time, was left for a POST

/** An order's state after a run, told where a ledger is configured: nothing went wrong. */
export interface LedgerResult {
  readonly order: OrderId;
  readonly did: Did;
  readonly state: OrderState;
  readonly reloadId?: string;
  readonly into?: OrderId;
  readonly reason?: Reason;
  /** The store's clock. */
  readonly dueAt?: EpochMs;
}

/** What a run did with an order, and how the order stands. */
export function ledgerResult(did: Did, order: OrderDocument): LedgerResult {
  const { _id, state, reloadId, into, reason, dueAt } = order;
  return {
    order: _id,
    did,
    state,
    ...(reloadId !== undefined && { reloadId }),
    ...(into !== undefined && { into }),
    ...(reason !== undefined && { reason }),
    ...(dueAt !== undefined && { dueAt }),
  };
}

/** Writes a claimed order's next state by its rev; a conflict says that the order is not ours any more. */
export const saveMove = (
  order: OrderDocument,
  to: OrderState,
  attempt: Attempt,
  changes: OrderChanges,
  until?: EpochMs,
): Promise<Saved> => saveOrder(moveOrder('reload', order, to, whenOf(attempt, until), changes), attempt.patientStore);

/** The state in which a run leaves its order. */
type Left = 'unknown' | 'waiting' | 'gave-up' | 'merged';

/** Leaves an order in a state, and says so. */
export async function leave(
  order: OrderDocument,
  to: Left,
  attempt: Attempt,
  changes: OrderChanges,
  until?: EpochMs,
): Promise<LedgerResult> {
  const saved = await saveMove(order, to, attempt, changes, until);
  return saved.kind === 'stored' ? ledgerResult(to, saved.order) : taken(order, attempt);
}

/** Somebody else has the order: what this activation knew of it is of no use any more. */
export function taken(order: OrderDocument, { log }: Attempt): LedgerResult {
  log.warn('Another activation took the order', { order: order._id });
  return ledgerResult('taken' satisfies Did, order);
}

/** Raises an alert. People are told before the order is written: a run that dies in between must not leave it untold. */
export const tellPeople = (
  kind: AlertKind,
  subject: string,
  message: string,
  { store, traceId, clock, log }: Attempt,
): Promise<boolean> => raiseAlert(store, { kind, subject, message, traceId, at: clock() }, log);

/**
 * Leaves an order in a doubt that nothing has settled yet: it is looked for again. Where that goes on for too long people
 * are told, since it may never end: Qlik may not show this credential what it would take. Then it is looked for once an hour.
 */
export async function leaveUnknown(
  order: OrderDocument,
  doubt: Doubt,
  message: string,
  attempt: Attempt,
): Promise<LedgerResult> {
  const why = `nothing tells whether its reload was started: ${message}`;
  const isTold = await tellStuck(order, doubtBeganAt(doubt), why, attempt);
  const until = isTold ? addMs(attempt.clock(), attempt.times.longDoubt) : undefined;
  return leave(order, 'unknown', attempt, { doubt, reason: { code: 'QLIK_UNKNOWN', message } }, until);
}

/** When the order last was in no doubt. */
export const doubtBeganAt = ({ since, first = since }: Doubt): EpochMs => first;

/**
 * Tells people of an order that Qlik's silence has kept from being started for an hour.
 *
 * @param why - with or without its full stop: Qlik's own words may end with one.
 * @returns whether it has been an hour.
 */
export async function tellStuck(order: OrderDocument, since: EpochMs, why: string, attempt: Attempt): Promise<boolean> {
  const { store, times, traceId, clock, log } = attempt;
  const at = clock();
  if (at < addMs(since, times.longDoubt)) return false;
  const message = `For an hour or longer the app ${order.appId} of tenant ${order.tenant} is not started: ${why.replace(/\.+$/, '')}. May the credential see this app's reloads, and its own user? Qlik is asked again until then.`;
  await raiseAlert(store, { kind: 'in-doubt', subject: order._id, message, traceId, at }, log);
  return true;
}

/**
 * Ends an order that cannot be started, or of which nobody can find out any more whether it was, with an alert.
 *
 * @param what - of the app, for people: what has become of it.
 */
export async function giveUp(
  { order, oldDoubt }: Claim,
  what: 'is not reloaded' | 'may not have been reloaded',
  reason: Reason,
  attempt: Attempt,
): Promise<LedgerResult> {
  const { _id, appId, tenant } = order;
  await tellPeople('gave-up', _id, `The app ${appId} of tenant ${tenant} ${what}: ${reason.message}`, attempt);
  return leave(order, 'gave-up', attempt, { doubt: oldDoubt, reason });
}
