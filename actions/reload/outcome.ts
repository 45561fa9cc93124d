/*
 * An activation (a run) of the action `reload` works on one order (a reload that Cascade owes). This file has the ways
 * to end that work, which the action's other files share: the states in which it leaves the order, the alerts that it
 * raises, and the result that it returns.
 *
 * An order is in doubt if nobody knows whether Qlik started its reload.
 */

import { definedFields } from '../../src/core/defined-fields.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { OrderState } from '../../src/core/order-state.ts';
import type { Reason } from '../../src/core/reload-finished.ts';
import { addMs, type EpochMs } from '../../src/core/units.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import type { AlertKind } from '../../src/ledger/documents/alert.ts';
import type { Doubt, OrderDocument } from '../../src/ledger/documents/order.ts';
import { moveOrder, type OrderChanges } from '../../src/ledger/move-order.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { type Saved, saveOrder } from '../../src/ledger/save-order.ts';
import { type OrderWork, whenOf } from './order-work.ts';

/** What an activation of `reload` did with its order. */
export type Did =
  | 'started' // Qlik answered a POST with 201
  | 'adopted' // Qlik's list has a reload that an earlier POST started
  | 'unknown' // Qlik may have accepted a POST; after a minute or more the sweep has `reload` look for the reload again
  | 'parked' // the app is busy
  | 'merged' // the reload of another parked order serves this one, too
  | 'waiting' // the order is tried again later
  | 'gave-up' // the tenant refused the order for good, or nobody can find out any more whether its reload was started
  | 'planned-again' // the order had merged into one that a person called off
  | 'call-off-settled' // a person called the order off; orders that had merged into it are planned again
  | 'second-start' // a reload was started, but the order has another one, or needs none any more
  | 'finished' // there was nothing left to do
  | 'not-due' // another activation works on the order, or the order has to wait
  | 'taken' // another activation was quicker
  | 'too-late'; // too little of the lease, or of the activation's time, was left for a POST

/** What an activation did with an order, and the order's state after it. */
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

/** The result for an order as it is stored now. */
export function ledgerResult(did: Did, order: OrderDocument): LedgerResult {
  const { _id, state, reloadId, into, reason, dueAt } = order;
  return definedFields({ order: _id, did, state, reloadId, into, reason, dueAt });
}

/**
 * Stores an order's next state. If CouchDB answers with a conflict, somebody else has written the order.
 *
 * @throws CascadeError as `saveOrder`; INTERNAL if an order may not move to this state.
 */
export const saveMove = (
  order: OrderDocument,
  to: OrderState,
  work: OrderWork,
  changes: OrderChanges,
  until?: EpochMs,
): Promise<Saved> => saveOrder(moveOrder('reload', order, to, whenOf(work, until), changes), work.patientStore);

/** The result after a write: `did` if the write is stored, else `taken`. */
export const savedResult = (saved: Saved, did: Did, order: OrderDocument, work: OrderWork): LedgerResult =>
  saved.kind === 'stored' ? ledgerResult(did, saved.order) : taken(order, work);

/** Stores the state in which this activation leaves its order. */
export const leave = async (
  order: OrderDocument,
  to: 'unknown' | 'waiting' | 'gave-up',
  work: OrderWork,
  changes: OrderChanges,
  until?: EpochMs,
): Promise<LedgerResult> => savedResult(await saveMove(order, to, work, changes, until), to, order, work);

/** Leaves an order waiting until it may be posted. A doubt from before the claim stays. */
export const leaveWaiting = (
  { order, oldDoubt }: Claim,
  { code, message }: Reason,
  until: EpochMs,
  work: OrderWork,
): Promise<LedgerResult> => leave(order, 'waiting', work, { doubt: oldDoubt, reason: { code, message } }, until);

/** Another activation has the order, so this one must not write it. */
export function taken(order: OrderDocument, { log }: OrderWork): LedgerResult {
  log.warn('Another activation took the order', { order: order._id });
  return ledgerResult('taken', order);
}

/**
 * Raises an alert. Call this before the order is written: if the activation dies in between, people still get the
 * alert.
 *
 * @returns whether the alert certainly is in the ledger.
 */
export const alert = (
  kind: AlertKind,
  subject: string,
  message: string,
  { store, traceId, clock, log }: OrderWork,
): Promise<boolean> => raiseAlert(store, { kind, subject, message, traceId, at: clock() }, log);

/**
 * Leaves an order in doubt. The sweep, which runs every 5 minutes, has `reload` look for the reload again, a minute or
 * more later. Once the doubt is an hour old, that happens only about once an hour, and people get an alert.
 * Such a doubt may last for ever, for example if our credential has no right to see the reload.
 */
export async function leaveUnknown(
  order: OrderDocument,
  doubt: Doubt,
  message: string,
  work: OrderWork,
): Promise<LedgerResult> {
  const why = `it is unknown whether its reload was started: ${message}`;
  const isLong = await alertLongDoubt(order, doubtBeganAt(doubt), why, work);
  const until = isLong ? addMs(work.clock(), work.times.longDoubt) : undefined;
  return leave(order, 'unknown', work, { doubt, reason: { code: 'QLIK_UNKNOWN', message } }, until);
}

/** When a doubt began. If one doubt followed another without a break, this is when the first of them began. */
export const doubtBeganAt = ({ since, first = since }: Doubt): EpochMs => first;

/**
 * Raises an alert if an order has been in doubt for an hour.
 *
 * @param why - the reason; a full stop at its end is removed, because Qlik's own words may have one.
 * @returns whether it has been an hour.
 */
async function alertLongDoubt(order: OrderDocument, since: EpochMs, why: string, work: OrderWork): Promise<boolean> {
  if (work.clock() < addMs(since, work.times.longDoubt)) return false;
  const message = `For an hour or longer the app ${order.appId} of tenant ${order.tenant} is not started: ${why.replace(/\.+$/, '')}. May the credential see this app's reloads, and its own user? Qlik is asked again until then.`;
  await alert('in-doubt', order._id, message, work);
  return true;
}

/**
 * Gives an order up, with an alert: it cannot be started, or nobody can find out any more whether it was started.
 *
 * @param what - for the alert: that the app is not reloaded, or that nobody knows.
 */
export async function giveUp(
  { order, oldDoubt }: Claim,
  what: 'is not reloaded' | 'may not have been reloaded',
  reason: Reason,
  work: OrderWork,
): Promise<LedgerResult> {
  const { _id, appId, tenant } = order;
  await alert('gave-up', _id, `The app ${appId} of tenant ${tenant} ${what}: ${reason.message}`, work);
  return leave(order, 'gave-up', work, { doubt: oldDoubt, reason });
}
