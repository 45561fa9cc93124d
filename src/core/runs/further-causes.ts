/*
 * `cascade why` says why an order exists. An order is a reload that Cascade owes, usually because of one event, which
 * is a reload that ended. Sometimes there are several causes: a link waited for several apps, or orders were merged
 * into one. This file finds the causes beside the first one.
 */

import { eventId } from '../document-ids.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import type { EventFact, OrderFact } from './facts.ts';
import { causeFinder, causeIds } from './order-causes.ts';

/** The most causes that a sentence names. */
const MOST_NAMED = 5;

/** What called for an order: the end of a reload, or a person. */
export type Cause =
  | { readonly kind: 'end'; readonly event: EventFact; readonly order: OrderFact }
  | { readonly kind: 'by-hand' };

/** The causes of an order beside the one that is named first. */
export interface FurtherCauses {
  readonly causes: readonly Cause[];
  /** How many more there are. */
  readonly more: number;
}

/**
 * The orders that one reload serves: `order`, then those that were merged into it, directly or by way of others. Orders
 * were merged because they waited for the same busy app, and one reload is enough for all.
 *
 * @param orders - the orders of the app, in any order.
 */
export function servedWith(order: OrderFact, orders: readonly OrderFact[]): readonly OrderFact[] {
  const merged = orders.filter(({ state }) => state === 'merged').sort((a, b) => a.createdAt - b.createdAt);
  const served = [order];
  const ids = new Set([order._id]);
  // The loop also visits the orders that it adds. If merges lead in a circle, each order is added once.
  for (const { _id } of served) {
    for (const other of merged) {
      if (other.into !== _id || ids.has(other._id)) continue;
      ids.add(other._id);
      served.push(other);
    }
  }
  return served;
}

/**
 * Lists the further causes of an order's reload, at most five. An order of a link that waits for several apps has a
 * cause for each end with which the link fired. If another order was merged into this one, its causes count, too.
 *
 * @param events - the events of the causes, as far as they were read.
 * @param first - the cause that is named already; undefined if none is.
 */
export function furtherCauses(
  order: OrderFact,
  { orders, events }: { readonly orders: readonly OrderFact[]; readonly events: readonly EventFact[] },
  first: Pick<ReloadFinished, 'tenant' | 'reloadId'> | undefined,
): FurtherCauses {
  const found = new Map<string, Cause | undefined>();
  const firstId = first && eventId(first.tenant, first.reloadId);
  for (const served of servedWith(order, orders)) {
    for (const cause of served.causes) {
      const alone = { ...served, causes: [cause] };
      if (firstId === undefined ? cause === order.causes[0] : causeIds(alone).includes(firstId)) continue;
      const event = causeFinder(events)(alone);
      const known: Cause | undefined = event && { kind: 'end', event, order: served };
      found.set(event?._id ?? cause, known ?? (cause.startsWith('m.') ? { kind: 'by-hand' } : undefined));
    }
  }
  const causes = [...found.values()].filter((cause) => cause !== undefined).slice(0, MOST_NAMED);
  return { causes, more: found.size - causes.length };
}
