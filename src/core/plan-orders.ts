import { type CompiledChains, type CompositeLink, isComposite, type Link, type On } from './link.ts';
import { appKey, type OrderId } from './names.ts';
import { causeOf, orderId, type ReloadOrder } from './order.ts';
import { OUTCOMES, type Outcome, type ReloadFinished } from './reload-finished.ts';
import type { Skip } from './skip.ts';

/**
 * What follows from some ended reloads. An order is a reload that Cascade owes because of one of them. A link says that
 * one app follows another. A skip says why a link gave no order, or that no link was found.
 */
export interface Planned {
  readonly orders: readonly ReloadOrder[];
  /**
   * Ends for composite links. A composite link waits for several apps, so the caller has to ask what it remembers of
   * the others.
   */
  readonly joined: readonly JoinedEnd[];
  /**
   * Ends for composite links that are paused. Each has its skip already. The caller only writes them down, so that the
   * link goes on from the right ends when it is not paused any more.
   */
  readonly remembered: readonly JoinedEnd[];
  readonly skips: readonly Skip[];
}

/** An end and a composite link that it concerns. */
export interface JoinedEnd {
  readonly event: ReloadFinished;
  readonly link: CompositeLink;
}

/** The outcomes that match each `on`. `canceled` matches `any` only (docs/chains.md). */
const MATCHES: Readonly<Record<On, readonly Outcome[]>> = {
  any: OUTCOMES,
  succeeded: ['succeeded'],
  failed: ['failed', 'exceeded-limit'],
};

/** Whether an outcome sets off a link on `on`. */
export const isMatch = (on: On, outcome: Outcome): boolean => MATCHES[on].includes(outcome);

/**
 * Decides which reloads follow from ended ones. This is the heart of Cascade: the action `resolver` asks it for the
 * ends that webhooks report, and for those that the sweep (it runs every 5 minutes) finds in Qlik. `cascade replay` and
 * the dashboard ask it, too.
 *
 * If a plain link (it waits for one app) follows the app that ended, it gives one order, or one skip. The same events
 * and links give the same orders again, with the same ids.
 *
 * @param events - reloads that ended, in any order.
 */
export function planOrders(events: readonly ReloadFinished[], links: CompiledChains['links']): Planned {
  const orders = new Map<OrderId, ReloadOrder>();
  const joined: JoinedEnd[] = [];
  const remembered: JoinedEnd[] = [];
  const skips: Skip[] = [];
  for (const event of [...events].sort(byEnd)) {
    const followers = links[appKey(event)] ?? [];
    if (followers.length === 0) skips.push(noLink(event));
    for (const link of followers) {
      if (isComposite(link) && !link.paused) {
        joined.push({ event, link });
        continue;
      }
      if (isComposite(link) && !hasActiveTwin(link, followers)) remembered.push({ event, link });
      const decision = decide(event, link, orders);
      if ('reason' in decision) skips.push(decision);
      else orders.set(decision.order, decision);
    }
  }
  return { orders: [...orders.values()], joined, remembered, skips };
}

/** Whether another chain has the same composite link, and is not paused. Both have one memory. */
const hasActiveTwin = ({ target, clause }: CompositeLink, links: readonly Link[]): boolean =>
  links.some((other) => !other.paused && other.clause === clause && appKey(other.target) === appKey(target));

/**
 * Decides what one link gives after an event: an order, or a skip. A paused link comes here even if it is composite.
 *
 * Each object is written out field by field, because spreads would take most of the time here
 * (`npm run bench -- resolve`).
 *
 * @param ordered - the orders so far. Two chains may have the same link: then only the first one gives an order.
 */
function decide(event: ReloadFinished, link: Link, ordered: ReadonlyMap<OrderId, ReloadOrder>): ReloadOrder | Skip {
  const { tenant, appId, reloadId, outcome } = event;
  const { chain, target, on, body, policy } = link;
  if (link.paused) return { reason: 'paused', tenant, appId, reloadId, chain, target };
  if (!isMatch(on, outcome)) {
    return { reason: 'outcome-not-matched', tenant, appId, reloadId, chain, target, on, outcome };
  }
  const order = orderId(target, link.clause, causeOf(event, target));
  if (ordered.has(order)) return { reason: 'already-ordered', tenant, appId, reloadId, chain, target, order };
  const { tenant: targetTenant, appId: targetApp } = target;
  return policy === undefined
    ? { order, tenant: targetTenant, appId: targetApp, body, chain }
    : { order, tenant: targetTenant, appId: targetApp, body, policy, chain };
}

const noLink = ({ tenant, appId, reloadId }: ReloadFinished): Skip => ({ reason: 'no-link', tenant, appId, reloadId });

/** Sorts ends by time, then by ids. So the plan does not depend on the order in which they came. */
export const byEnd = (a: ReloadFinished, b: ReloadFinished): number =>
  a.endedAt - b.endedAt || (sortKey(a) < sortKey(b) ? -1 : Number(sortKey(a) > sortKey(b)));

const sortKey = ({ reloadId, tenant, appId, outcome }: ReloadFinished): string =>
  `${reloadId} ${tenant} ${appId} ${outcome}`;
