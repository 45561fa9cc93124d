/*
 * Makes the document of an order in its next state. An order is a reload that Cascade owes. It goes through states,
 * such as `planned`, `claimed` and `posted`. In most states it is due at a certain time (`dueAt`). If nobody has moved
 * it on by then, the sweep (it runs every 5 minutes) takes it up. So no order is forgotten if an action dies.
 */

import { CascadeError } from '../core/cascade-error.ts';
import { definedFields } from '../core/defined-fields.ts';
import { mayMove, type OrderActor, type OrderState } from '../core/order-state.ts';
import type { TimeConstants } from '../core/time-constants.ts';
import { addMs, type EpochMs } from '../core/units.ts';
import type { OrderDocument } from './documents/order.ts';

/** Fields that change together with the state; undefined removes a field. */
export type OrderChanges = {
  readonly [Field in Exclude<keyof OrderDocument, '_id' | '_rev' | 'state' | 'dueAt'>]?:
    | OrderDocument[Field]
    | undefined;
};

/** When a move happens, and for how long an order waits. */
export interface MoveTimes {
  /** The store's clock. */
  readonly at: EpochMs;
  readonly times: TimeConstants;
  /**
   * When the order is due again, chosen by the caller. It counts in the state `waiting`. In `unknown` (nobody knows
   * whether Qlik accepted the POST) it counts only if the last send is a minute ago: before that, Qlik may not show the
   * reload yet.
   */
  readonly until?: EpochMs;
}

/**
 * Moves an order to another state, and returns the document to write. Other code must not change `state`, because this
 * function also checks the move and works out `dueAt`.
 *
 * @throws CascadeError INTERNAL if this actor may not move an order between these states (src/core/order-state.ts).
 */
export function moveOrder(
  actor: OrderActor,
  order: OrderDocument,
  to: OrderState,
  when: MoveTimes,
  changes: OrderChanges = {},
): OrderDocument {
  if (!mayMove(actor, order.state, to)) {
    throw new CascadeError('INTERNAL', `An order cannot go from ${order.state} to ${to} by ${actor}: ${order._id}`);
  }
  const { dueAt: _, ...kept } = order;
  const gaveUp = to === 'gave-up' && { gaveUpAt: when.at };
  const calledOff = to === 'called-off' && { calledOffAt: when.at };
  const moved = definedFields({ ...kept, ...changes, state: to, ...gaveUp, ...calledOff }) as OrderDocument;
  const dueAt = dueAtOf(moved, when);
  return dueAt === undefined ? moved : { ...moved, dueAt };
}

/**
 * When an order that has just come to its state is due: see docs/ledger.md, "An order's life". Undefined if nothing is
 * left to do.
 */
export function dueAtOf(
  order: Pick<OrderDocument, 'state' | 'doubt' | 'policy' | 'postedAt' | 'isCertain'>,
  when: MoveTimes,
): EpochMs | undefined {
  const { state, doubt } = order;
  const { at, times, until } = when;
  switch (state) {
    case 'planned':
      return addMs(at, times.planned);
    case 'claimed':
      return addMs(at, times.lease);
    case 'unknown': {
      const settledAt = addMs(doubt?.sentAt ?? at, times.grace);
      return settledAt > at ? settledAt : (until ?? addMs(at, times.grace));
    }
    case 'parked':
      return addMs(at, times.parkedPoll);
    case 'waiting':
      return until ?? at;
    case 'posted':
      return postedDueAt(order, when);
    case 'merged':
    case 'called-off':
      return addMs(at, times.planned);
    case 'ended':
    case 'gave-up':
      return undefined;
    default:
      return state satisfies never;
  }
}

/**
 * When a posted order is due: in 15 minutes. If its reload may run only for a certain time that ends sooner, the order
 * is due at that end, but not earlier than in two minutes.
 */
function postedDueAt(
  order: Pick<OrderDocument, 'policy' | 'postedAt' | 'isCertain'>,
  { at, times }: MoveTimes,
): EpochMs {
  const poll = addMs(at, times.postedPoll);
  const limit = timeLimit(order);
  return limit === undefined ? poll : (Math.min(poll, Math.max(limit, addMs(at, times.unresolved))) as EpochMs);
}

/**
 * From when on an order's reload has run too long, by the store's clock. Undefined if the order has no `timeout`, if
 * its reload has not started, or if Cascade only guessed that the reload is the order's own: Cascade cancels no reload
 * on a guess.
 */
export const timeLimit = ({
  policy,
  postedAt,
  isCertain,
}: Pick<OrderDocument, 'policy' | 'postedAt' | 'isCertain'>): EpochMs | undefined =>
  policy?.timeout === undefined || postedAt === undefined || isCertain !== true
    ? undefined
    : addMs(postedAt, policy.timeout);

/**
 * The order without `dueAt`: nothing is left to do. A merged order (another order's reload serves it, too) gets this
 * form after that other order was read again. A called-off order gets it after the orders that merged into it are
 * planned again.
 */
export const settledOrder = ({ dueAt: _, ...order }: OrderDocument): OrderDocument => order;
