/*
 * The invoker starts one activation (a run of an action) for each order (a reload that Cascade owes), hint (something
 * that Cascade must check by asking Qlik) and named activation (the plan names its action and its parameters). This
 * file turns a plan into the list of these activations, with the parameters of each.
 */

import type { HintRef, Slot } from '../../src/contracts/batch.ts';
import type { CreatedOrder, OrderRequest } from '../../src/contracts/order-request.ts';
import type { NamedActivation, Plan } from '../../src/contracts/plan.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { FanOutWork } from './fan-out.ts';

/**
 * What gets an activation of its own: an order gets one of `reload`, a hint one of `sweep`. A named activation is one
 * of the action that it names.
 */
export type Target =
  | {
      /**
       * - `plain`: an order without a ledger.
       * - `created`: an order that this activation has just stored.
       * - `wake`: an order that waited because its app was busy, and may now go on.
       * - `due`: another order of the ledger, such as one that was left undone. `reload` reads it.
       *
       * All but `plain` are due in the ledger (Cascade's memory). So the sweep, which runs every 5 minutes, takes up
       * those that are not started.
       */
      readonly kind: 'plain' | 'created' | 'wake' | 'due';
      readonly order: OrderId;
      readonly request: OrderRequest;
    }
  | { readonly kind: 'hint'; readonly hint: HintRef }
  | { readonly kind: 'named'; readonly activation: NamedActivation };

/** The orders that this activation stored, and CouchDB's clock when the plan had the facts about their tenants. */
export interface CreatedOrders {
  readonly orders: readonly CreatedOrder[];
  readonly storeNow: EpochMs;
}

/**
 * The work for a plan, in the form that `fanOut` needs.
 *
 * @param created - undefined without a ledger.
 */
export function workOf(plan: Plan, created: CreatedOrders | undefined): FanOutWork<Target> {
  const { traceId, source, receivedAt, until } = plan;
  const head = { traceId, source, receivedAt, skips: [], ignored: [], ...(until !== undefined && { until }) };
  return {
    targets: created === undefined ? plainTargets(plan) : ledgerTargets(plan, created),
    callOf,
    restOf: (left) =>
      created === undefined ? { ...head, ...leftOf(plan, left) } : { ...head, orders: [], ...idsOf(left) },
    handOvers: plan.carries ?? 0,
    until,
    willStartLater: created !== undefined || plan.calls !== undefined,
  };
}

/** The action that starts a target, and its parameters. */
export function callOf(target: Target): { readonly action: string; readonly params: object } {
  if (target.kind === 'named') return target.activation;
  if (target.kind === 'hint') return { action: 'sweep', params: { hint: target.hint } };
  return { action: 'reload', params: { request: target.request } };
}

const plainTargets = ({ traceId, orders, calls = [] }: Plan): readonly Target[] => [
  ...orders.map((order): Target => ({ kind: 'plain', order: order.order, request: { traceId, order } })),
  ...calls.map((activation): Target => ({ kind: 'named', activation })),
];

/**
 * Up to this many created orders are handed to `reload` with what the plan knows of their tenants, which saves a read.
 * By the time the others are started, their tenant's rate limit may be spent. So `reload` reads the ledger for those.
 */
const MOST_WITH_FACTS = 50;

/** The target for an order whose slot has come. A slot is the instant at which it may start despite the rate limit. */
export const slotTarget = (traceId: string, { order }: Slot): Target => ({
  kind: 'due',
  order,
  request: { traceId, due: order, hasSlot: true },
});

/**
 * The targets of a plan with a ledger: the orders just created, parked orders to wake, orders that are due, and hints.
 * Each order is a target once.
 */
function ledgerTargets(plan: Plan, { orders, storeNow }: CreatedOrders): readonly Target[] {
  const { traceId, wake = [], due = [], hints = [], tenants = {} } = plan;
  const targets = new Map<OrderId, Target>();
  const add = (kind: 'created' | 'wake' | 'due', order: OrderId, request: OrderRequest): void => {
    if (!targets.has(order)) targets.set(order, { kind, order, request });
  };
  for (const [index, created] of orders.entries()) {
    const { _id, tenant, traceId } = created;
    if (index < MOST_WITH_FACTS) add('created', _id, { traceId, created, storeNow, ...tenants[tenant] });
    else add('due', _id, { traceId, due: _id });
  }
  for (const order of wake) add('wake', order, { traceId, due: order, wake: true });
  for (const order of due) add('due', order, { traceId, due: order });
  return [...targets.values(), ...hints.map((hint): Target => ({ kind: 'hint', hint }))];
}

/** The orders and named activations of a plan that are among these targets. */
function leftOf({ orders }: Plan, left: readonly Target[]): Pick<Plan, 'orders' | 'calls'> {
  const open = new Set(left.map((target) => ('order' in target ? target.order : undefined)));
  const calls = left.flatMap((target) => (target.kind === 'named' ? [target.activation] : []));
  return { orders: orders.filter(({ order }) => open.has(order)), ...(calls.length > 0 && { calls }) };
}

/** The ids of targets. The targets are stored, so the ids are enough for a later invocation. */
function idsOf(left: readonly Target[]): Pick<Plan, 'due' | 'wake' | 'hints'> {
  const due: OrderId[] = [];
  const wake: OrderId[] = [];
  const hints: HintRef[] = [];
  for (const target of left) {
    if (target.kind === 'hint') hints.push(target.hint);
    else if ('order' in target) (target.kind === 'wake' ? wake : due).push(target.order);
  }
  return { due, wake, hints };
}
