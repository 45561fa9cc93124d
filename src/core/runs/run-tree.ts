/*
 * `cascade runs <run>` and the dashboard show a run as a tree. A run is a first reload and all reloads that follow from
 * it. An event is a reload that ended. An order is a reload that Cascade owes because of an event. The ledger
 * (Cascade's memory) has both.
 */

import { definedFields } from '../defined-fields.ts';
import { groupBy } from '../group-by.ts';
import type { AppRef } from '../names.ts';
import type { Skip } from '../skip.ts';
import type { EventFact, OrderFact } from './facts.ts';
import { ownersOf, type Run, willRetry } from './group-runs.ts';
import { causeFinder } from './order-causes.ts';

/** One reload of a run, and the reloads that followed from it. A node has the reload's order, its end, or both. */
export interface RunNode {
  readonly app: AppRef;
  /**
   * The order that called for the reload. Absent if somebody else started the reload, or if the ledger lost the order.
   */
  readonly order?: OrderFact;
  /** The reload's end. Absent if it has not ended yet, or if the ledger lacks the end. */
  readonly event?: EventFact;
  /** If Cascade started a failed reload again, the order had several attempts: the ends of all but the last. */
  readonly attempts?: readonly EventFact[];
  /** Why some links set nothing off after this end. The reason `no-link` is left out: it explains nothing. */
  readonly skips: readonly Skip[];
  readonly followers: readonly RunNode[];
}

/**
 * Shows a run as a tree: below each reload are the reloads that its end called for.
 *
 * Usually a run is one tree. There are more trees in two cases:
 *
 * - The ledger lacks an event or an order of the run. What followed from it then begins a tree of its own.
 * - Two reloads were started for the same attempt of an order. The end that came second then begins a tree of its own.
 */
export function treesOf(run: Run): readonly RunNode[] {
  const endsOf = endsByOrder(run);
  const ordersAfter = groupBy(run.orders, causeFinder(run.events));
  const nodeOf = ({ tenant, appId }: AppRef, order?: OrderFact, event?: EventFact): RunNode => {
    const attempts = (order && endsOf.get(order)?.attempts) ?? [];
    return definedFields({
      app: { tenant, appId },
      order,
      event,
      attempts: attempts.length === 0 ? undefined : attempts,
      skips: (event?.skips ?? []).filter(({ reason }) => reason !== 'no-link'),
      followers: [...attempts, ...(event === undefined ? [] : [event])].flatMap(nodesAfter),
    });
  };
  /**
   * The nodes of the orders that `event` caused. If `event` is undefined: of the orders whose cause is not in the run.
   */
  const nodesAfter = (event: EventFact | undefined): RunNode[] =>
    (ordersAfter.get(event) ?? []).map((order) => nodeOf(order, order, endsOf.get(order)?.last));
  const owned = new Set([...endsOf.values()].flatMap(({ attempts, last }) => [...attempts, last]));
  const roots = run.events.filter((event) => !owned.has(event));
  return [...roots.map((event) => nodeOf(event, undefined, event)), ...nodesAfter(undefined)];
}

/** The ends of one order's reloads. */
interface OwnEnds {
  /** The ends of all attempts but the last, in the order of their ends. */
  readonly attempts: readonly EventFact[];
  /** The end of the last attempt. Absent if the attempt has not ended, or if the ledger lacks the end. */
  readonly last?: EventFact;
}

/** The ends of each order's reloads. If the last attempt of an order has two ends, only the first is here. */
function endsByOrder({ orders, events }: Run): ReadonlyMap<OrderFact, OwnEnds> {
  const ownerOf = ownersOf(orders);
  const endsOf = new Map<OrderFact, OwnEnds>();
  for (const event of events) {
    const owner = ownerOf(event);
    if (owner === undefined) continue;
    const { attempts, last } = endsOf.get(owner) ?? { attempts: [] };
    if (isEarlierAttempt(event, owner)) endsOf.set(owner, { ...(last && { last }), attempts: [...attempts, event] });
    else if (last === undefined) endsOf.set(owner, { attempts, last: event });
  }
  return endsOf;
}

/** Whether the end belongs to an attempt that is not the order's last. */
const isEarlierAttempt = (event: EventFact, { state, ends }: OrderFact): boolean =>
  willRetry(event) || (state !== 'ended' && ends.includes(event.reloadId));
