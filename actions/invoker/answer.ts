import type { Plan } from '../../src/contracts/plan.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { ReloadOrder } from '../../src/core/order.ts';
import { PAYLOAD_BYTES, roomFor } from '../../src/core/payload.ts';
import type { Reason } from '../../src/core/reason.ts';
import type { Log } from '../../src/platform/log.ts';
import { statusOf } from '../../src/platform/status-of.ts';
import type { Placement } from './fan-out.ts';
import type { LedgerTarget } from './ledger-targets.ts';

/** One order's outcome, as the webhook's sender sees it. With a ledger there is no error: what was not fired is due. */
type OrderAnswer = { readonly order: string; readonly app: string } & (
  | { readonly activationId: string }
  | { readonly carried: true }
  | { readonly error: Reason }
);

function answerOfOrder(placement: Placement<ReloadOrder>): OrderAnswer {
  const { order, appId: app } = placement.target;
  switch (placement.kind) {
    case 'started':
      return { order, app, activationId: placement.activationId };
    case 'carried':
      return { order, app, carried: true };
    case 'failed':
      return { order, app, error: { code: placement.code, message: placement.message } };
    default:
      return placement satisfies never;
  }
}

const headers = { 'content-type': 'application/json' };

/**
 * The webhook's answer: 200 if nothing had to be started, 202 if something was started or carried, 502 if
 * nothing could be. `accepted` counts the orders that were started or carried.
 */
export function answerOf(plan: Plan, placements: readonly Placement<ReloadOrder>[]): object {
  const { skips, ignored, traceId } = plan;
  const accepted = placements.filter(({ kind }) => kind !== 'failed').length;
  const body = answerBody({ accepted, orders: placements.map(answerOfOrder), skips, ignored });
  if (accepted > 0 || placements.length === 0) return { statusCode: accepted > 0 ? 202 : 200, headers, body };
  const error = {
    code: 'NOTHING_STARTED',
    message: 'None of the reloads could be started: see orders.',
    traceId,
  } as const;
  return { error: { statusCode: statusOf(error.code), headers, body: { error, ...body } } };
}

/** What an answer tells, in lists that fit into OpenWhisk's result. */
export interface AnswerBody<Order> {
  readonly accepted: number;
  readonly orders: readonly Order[];
  readonly skips: Plan['skips'];
  readonly ignored: Plan['ignored'];
  /** How many each list has beyond what found room; only if one has. */
  readonly leftOut?: { readonly orders: number; readonly skips: number; readonly ignored: number };
}

/** An answer whose lists are cut where they do not fit: it must not fail for being long, since what it tells of has happened. */
export function answerBody<Order>(all: Omit<AnswerBody<Order>, 'leftOut'>): AnswerBody<Order> {
  const take = roomFor(PAYLOAD_BYTES);
  const kept = { orders: take(all.orders), skips: take(all.skips), ignored: take(all.ignored) };
  const leftOut = {
    orders: all.orders.length - kept.orders.length,
    skips: all.skips.length - kept.skips.length,
    ignored: all.ignored.length - kept.ignored.length,
  };
  const isCut = leftOut.orders + leftOut.skips + leftOut.ignored > 0;
  return { accepted: all.accepted, ...kept, ...(isCut && { leftOut }) };
}

/**
 * The answer if there is a ledger: 202 if something was fired or is left to be done, else 200. What the host did not
 * take is told as carried: it is stored and due.
 *
 * @param left - how many events stay due.
 */
export function answerWithLedger(
  { skips, ignored }: Pick<Plan, 'skips' | 'ignored'>,
  placements: readonly Placement<LedgerTarget>[],
  left: number,
  log: Log,
): object {
  for (const placement of placements) logPlacement(placement, log);
  const orders = placements.flatMap(answersOfTarget);
  const isPending = ignored.some((each) => each.isPending === true);
  const statusCode = placements.length > 0 || left > 0 || isPending ? 202 : 200;
  return { statusCode, headers, body: answerBody({ accepted: orders.length, orders, skips, ignored }) };
}

function answersOfTarget(placement: Placement<LedgerTarget>): readonly OrderAnswer[] {
  const { target } = placement;
  if (target.kind === 'hint') return [];
  const order = target.kind === 'created' ? target.created._id : target.order;
  const app = appOf(order);
  return [
    placement.kind === 'started' ? { order, app, activationId: placement.activationId } : { order, app, carried: true },
  ];
}

/** An order's id names its app: `order:<tenant>:<app>:…`. */
const appOf = (order: OrderId): string => order.split(':')[2] ?? '';

function logPlacement(placement: Placement<LedgerTarget>, log: Log): void {
  const { target } = placement;
  const what =
    target.kind === 'hint'
      ? { hint: target.hint }
      : { order: target.kind === 'created' ? target.created._id : target.order, as: target.kind };
  switch (placement.kind) {
    case 'started':
      log.info('Fired', { ...what, startedActivationId: placement.activationId });
      break;
    case 'carried':
      log.info('Carried', what);
      break;
    case 'failed':
      log.warn('Not fired: it is due, and the sweep takes it up', {
        ...what,
        code: placement.code,
        reason: placement.message,
      });
      break;
    default:
      placement satisfies never;
  }
}
