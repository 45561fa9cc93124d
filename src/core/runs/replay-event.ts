import type { Descent, Lineage } from '../lineage.ts';
import type { CompiledChains, CompositeLink } from '../link.ts';
import { orderId, type ReloadOrder } from '../order.ts';
import { planOrders } from '../plan-orders.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import type { Skip } from '../skip.ts';

/**
 * One order of a replay, and where it comes from. An event is a reload that ended, and an order is a reload that Cascade owes
 * because of an event. `cascade replay` orders again what follows an event.
 */
export interface ReplayOrder {
  readonly order: ReloadOrder;
  readonly lineage: Lineage;
}

/** What a replay of an event gives by the present chain files. */
export interface Replay {
  /** The orders of the n-th replay, n from 1: each n gives other ids. */
  readonly ordersOf: (n: number) => readonly ReplayOrder[];
  readonly skips: readonly Skip[];
  /** The links that wait for several apps. A replay leaves them out, because they would count the same end twice. */
  readonly joins: readonly CompositeLink[];
}

/**
 * Plans the orders of an event again, as if it had just ended.
 *
 * @param descent - the place of the event in its run. Its orders are one hop further.
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
