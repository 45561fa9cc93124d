/*
 * A person can run `cascade replay` for an event (a reload that ended), if what should have followed it did not start:
 * for example, because a chain file was wrong. Then Cascade orders again what follows the event by the present chain
 * files. This file plans these orders. An order is a reload that Cascade owes because of an event.
 */

import type { Descent, Lineage } from '../lineage.ts';
import type { CompiledChains, CompositeLink } from '../link.ts';
import { orderId, type ReloadOrder } from '../order.ts';
import { planOrders } from '../plan-orders.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import type { Skip } from '../skip.ts';

/** One order of a replay, and its place in the run, that is, in all that followed from a first event. */
export interface ReplayOrder {
  readonly order: ReloadOrder;
  readonly lineage: Lineage;
}

/** The result of planning a replay. */
export interface Replay {
  /** The orders of the n-th replay of the event, n from 1. Each n gives other ids, so that the orders are new. */
  readonly ordersOf: (n: number) => readonly ReplayOrder[];
  /** Why some links gave no order. */
  readonly skips: readonly Skip[];
  /** The links that wait for several apps. A replay leaves them out, because they would count the same end twice. */
  readonly joins: readonly CompositeLink[];
}

/**
 * Plans the orders of an event again, as if it had just ended.
 *
 * @param descent - the place of the event in its run. Its orders are one hop further from the beginning of the run.
 */
export function replayEvent(
  event: ReloadFinished,
  links: CompiledChains['links'],
  descent: Descent & Pick<Lineage, 'areHopsUnsure'>,
): Replay {
  const { orders, skips, joined } = planOrders([event], links);
  return {
    skips,
    joins: joined.map(({ link }) => link),
    ordersOf: (n) => orders.map((order) => replayOrder(order, n, descent)),
  };
}

function replayOrder(order: ReloadOrder, n: number, { hops, ...rest }: Descent): ReplayOrder {
  const { clause, cause } = partsOf(order);
  const replay = `r${n}.${cause}`;
  return {
    order: { ...order, order: orderId(order, clause, replay) },
    lineage: { ...rest, cause: replay, hops: hops + 1 },
  };
}

/** The last parts of `order:<tenant>:<app>:<clause>:<cause>`. Tenant, app and clause have no colon. */
function partsOf({ order, tenant, appId }: ReloadOrder): { readonly clause: string; readonly cause: string } {
  const rest = order.slice(`order:${tenant}:${appId}:`.length);
  const colon = rest.indexOf(':');
  return { clause: rest.slice(0, colon), cause: rest.slice(colon + 1) };
}
