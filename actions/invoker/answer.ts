import type { Plan } from '../../src/contracts/plan.ts';
import type { ReloadOrder } from '../../src/core/order.ts';
import { statusOf } from '../../src/platform/status-of.ts';
import { answerBody } from './answer-body.ts';
import type { Placement } from './fan-out.ts';

/** One target's outcome, as the webhook's sender sees it. */
type Told = { readonly order: string; readonly app: string } & (
  | { readonly activationId: string }
  | { readonly carried: true }
  | { readonly error: { readonly code: string; readonly message: string } }
);

function toldOf(placement: Placement<ReloadOrder>): Told {
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
 * The webhook's answer: 200 where nothing had to be started, 202 where something was started or carried, 502 where
 * nothing could be. `accepted` counts the orders that were started or carried.
 */
export function answerOf(plan: Plan, placements: readonly Placement<ReloadOrder>[]): object {
  const { skips, ignored, traceId } = plan;
  const accepted = placements.filter(({ kind }) => kind !== 'failed').length;
  const body = answerBody({ accepted, orders: placements.map(toldOf), skips, ignored });
  if (accepted > 0 || placements.length === 0) return { statusCode: accepted > 0 ? 202 : 200, headers, body };
  const error = {
    code: 'NOTHING_STARTED',
    message: 'None of the reloads could be started: see orders.',
    traceId,
  } as const;
  return { error: { statusCode: statusOf(error.code), headers, body: { error, ...body } } };
}
