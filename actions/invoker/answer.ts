/*
 * The invoker is the last step of a webhook's path: it starts the reloads that follow. This file makes the answer for
 * the webhook's sender, so that people can see what was started and what was not. It also logs that.
 *
 * An order is a reload that Cascade owes. It is carried if a later activation (a run of an action) is to start it. A
 * named activation is one whose action the plan names; only the plans of the questions pipeline have any.
 */

import type { Plan } from '../../src/contracts/plan.ts';
import { PAYLOAD_BYTES, roomFor } from '../../src/core/payload.ts';
import type { Reason } from '../../src/core/reload-finished.ts';
import type { Log } from '../../src/platform/log.ts';
import { statusOf } from '../../src/platform/status-of.ts';
import type { Placement } from './fan-out.ts';
import type { Target } from './targets.ts';

/** What the answer says about one order or named activation, beside its name. */
type OrderAnswer = { readonly activationId: string } | { readonly carried: true } | { readonly error: Reason };

const headers = { 'content-type': 'application/json' };

/**
 * The answer to the webhook's sender:
 *
 * - 202 if something had to be started, or if something stays due (the sweep, every 5 minutes, takes it up).
 * - 200 if there was nothing to do.
 * - 502 only without a ledger (Cascade's memory), if nothing could be started. With a ledger, an order that OpenWhisk
 *   refused is stored and due, so the answer calls it carried.
 *
 * `accepted` counts the orders and named activations that were started or carried.
 *
 * @param placements - for each order, hint and named activation of the plan: whether it was started or carried, or
 *   failed.
 * @param left - how many items, such as ended reloads, stay due in the ledger because this plan did not finish them.
 */
export function answerOf(
  { skips, ignored, traceId }: Pick<Plan, 'skips' | 'ignored' | 'traceId'>,
  placements: readonly Placement<Target>[],
  left: number,
): object {
  const orders = placements.flatMap(answersOf);
  const accepted = orders.filter((each) => !('error' in each)).length;
  const body = answerBody(accepted, { orders, skips, ignored });
  if (orders.length > 0 && accepted === 0) {
    const code = 'NOTHING_STARTED';
    const error = { code, message: 'None of the reloads could be started: see orders.', traceId };
    return { error: { statusCode: statusOf(code), headers, body: { error, ...body } } };
  }
  const isPending = ignored.some((each) => each.isPending === true);
  return { statusCode: placements.length > 0 || left > 0 || isPending ? 202 : 200, headers, body };
}

/**
 * The answer about one target. A hint (something that Cascade must check by asking Qlik) is no order, so it gives none.
 */
function answersOf(placement: Placement<Target>): readonly OrderAnswer[] {
  const { target } = placement;
  if (target.kind === 'hint') return [];
  const answer = nameOf(target);
  if (placement.kind === 'started') return [{ ...answer, activationId: placement.activationId }];
  if (placement.kind === 'carried' || (target.kind !== 'plain' && target.kind !== 'named'))
    return [{ ...answer, carried: true }];
  return [{ ...answer, error: { code: placement.code, message: placement.message } }];
}

/** The name of a target in the answer and in the log. */
function nameOf(target: Target): object {
  if (target.kind === 'hint') return { hint: target.hint };
  if (target.kind === 'named') return { call: target.activation.about };
  const { order } = target;
  // The id of an order is `order:<tenant>:<app>:…`.
  return { order, app: order.split(':')[2] ?? '' };
}

/**
 * Cuts an answer's lists to what fits into OpenWhisk's result. The reloads are started, so the answer must not fail
 * because it is too long. `leftOut` counts what each list has lost; it is absent if no list was cut.
 */
function answerBody(
  accepted: number,
  all: Pick<Plan, 'skips' | 'ignored'> & { readonly orders: readonly OrderAnswer[] },
): object {
  const take = roomFor(PAYLOAD_BYTES);
  const kept = { orders: take(all.orders), skips: take(all.skips), ignored: take(all.ignored) };
  const leftOut = {
    orders: all.orders.length - kept.orders.length,
    skips: all.skips.length - kept.skips.length,
    ignored: all.ignored.length - kept.ignored.length,
  };
  const isCut = leftOut.orders + leftOut.skips + leftOut.ignored > 0;
  return { accepted, ...kept, ...(isCut && { leftOut }) };
}

/** Logs for each target whether it was started or carried, or failed. */
export function logPlacements(placements: readonly Placement<Target>[], log: Log): void {
  for (const placement of placements) {
    const { target } = placement;
    const what = { ...nameOf(target), ...(target.kind !== 'hint' && { as: target.kind }) };
    switch (placement.kind) {
      case 'started':
        log.info('Started', { ...what, startedActivationId: placement.activationId });
        break;
      case 'carried':
        log.info('Carried', what);
        break;
      case 'failed': {
        const why = { ...what, code: placement.code, reason: placement.message };
        if (target.kind === 'plain') log.error('Not started', why);
        else log.warn('Not started: it stays due, and a later sweep or collector takes it up', why);
        break;
      }
      default:
        placement satisfies never;
    }
  }
}
