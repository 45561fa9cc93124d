import type { HintRef } from '../../src/contracts/batch.ts';
import type { CreatedOrder, OrderRequest } from '../../src/contracts/order-request.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { FanOutWork } from './fan-out.ts';

/** What the invoker fires if there is a ledger. All of it is stored and due: whatever is not fired, the sweep finds. */
export type LedgerTarget =
  | { readonly kind: 'created'; readonly created: CreatedOrder }
  | { readonly kind: 'due'; readonly order: OrderId }
  | { readonly kind: 'wake'; readonly order: OrderId }
  | { readonly kind: 'hint'; readonly hint: HintRef };

/** A plan's targets: the orders just created, those to be taken up, the hints to be settled. Each order is fired once. */
export function ledgerWork(
  plan: Plan,
  createdOrders: readonly CreatedOrder[],
  storeNow: EpochMs,
): FanOutWork<LedgerTarget> {
  const { wake = [], due = [], hints = [] } = plan;
  const created = new Set(createdOrders.map(({ _id }) => _id));
  const woken = new Set(wake.filter((order) => !created.has(order)));
  const taken = new Set(due.filter((order) => !created.has(order) && !woken.has(order)));
  return {
    targets: [
      ...createdOrders.map((each) => ({ kind: 'created', created: each }) as const),
      ...[...woken].map((order) => ({ kind: 'wake', order }) as const),
      ...[...taken].map((order) => ({ kind: 'due', order }) as const),
      ...hints.map((hint) => ({ kind: 'hint', hint }) as const),
    ],
    callOf: (target) => callOf(target, plan, storeNow),
    restOf: (rest) => restOf(rest, plan),
    carries: plan.carries ?? 0,
    areDue: true,
  };
}

function callOf(target: LedgerTarget, plan: Plan, storeNow: EpochMs) {
  if (target.kind === 'hint') return { action: 'sweep', params: { hint: target.hint } };
  return { action: 'reload', params: { request: requestFor(target, plan, storeNow) } };
}

function requestFor(
  target: Exclude<LedgerTarget, { kind: 'hint' }>,
  { traceId, gates = {}, echoes: known = {}, tenantUrls = {} }: Plan,
  storeNow: EpochMs,
): OrderRequest {
  if (target.kind !== 'created') {
    return { traceId, due: target.order, ...(target.kind === 'wake' && { wake: true }) };
  }
  const { created } = target;
  const gateUntil = gates[created.tenant];
  const echoes = known[created.tenant];
  const tenantUrl = tenantUrls[created.tenant];
  return {
    traceId,
    created,
    storeNow,
    ...(gateUntil !== undefined && { gateUntil }),
    ...(echoes !== undefined && { echoes }),
    ...(tenantUrl !== undefined && { tenantUrl }),
  };
}

/** The orders of the rest are stored: their ids are enough. */
function restOf(rest: readonly LedgerTarget[], { traceId, source, receivedAt }: Plan): Plan {
  const due: OrderId[] = [];
  const wake: OrderId[] = [];
  const hints: HintRef[] = [];
  for (const target of rest) {
    if (target.kind === 'hint') hints.push(target.hint);
    else if (target.kind === 'wake') wake.push(target.order);
    else due.push(target.kind === 'due' ? target.order : target.created._id);
  }
  return { traceId, source, receivedAt, orders: [], skips: [], ignored: [], due, wake, hints };
}
