import type { OrderId } from '../../src/core/names.ts';
import type { OrderState } from '../../src/core/order-state.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';

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
  | 'too-late'; // too little of the lease, or of the run's time, was left for a POST

/** An order's state after a run, told where a ledger is configured: nothing went wrong. */
export interface LedgerResult {
  readonly order: OrderId;
  readonly did: Did;
  readonly state: OrderState;
  readonly reloadId?: string;
  readonly into?: OrderId;
  readonly reason?: { readonly code: string; readonly message: string };
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
