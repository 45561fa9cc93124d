import type { Plan } from '../../src/contracts/plan.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { Log } from '../../src/platform/log.ts';
import { answerBody } from './answer-body.ts';
import type { Placement } from './fan-out.ts';
import type { LedgerTarget } from './ledger-targets.ts';

const headers = { 'content-type': 'application/json' };

/** One order that was fired or is due, as the webhook's sender sees it. */
type Told = { readonly order: OrderId; readonly app: string } & (
  | { readonly activationId: string }
  | { readonly carried: true }
);

/**
 * The answer where there is a ledger: 202 where something was fired or is left to be done, else 200. What the host did not
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
  for (const placement of placements) tell(placement, log);
  const orders = placements.flatMap(toldOf);
  const isPending = ignored.some((each) => each.isPending === true);
  const statusCode = placements.length > 0 || left > 0 || isPending ? 202 : 200;
  return { statusCode, headers, body: answerBody({ accepted: orders.length, orders, skips, ignored }) };
}

function toldOf(placement: Placement<LedgerTarget>): Told[] {
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

function tell(placement: Placement<LedgerTarget>, log: Log): void {
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
