import { groupBy } from '../chains/group-by.ts';
import { definedFields } from '../defined-fields.ts';
import type { AppRef } from '../names.ts';
import type { Skip } from '../skip.ts';
import type { EventFact, OrderFact } from './facts.ts';
import { ownersOf, type Run, willRetry } from './group-runs.ts';
import { causeFinder } from './order-causes.ts';

/** One reload of a run, and the reloads that followed from it. It has its order, its end, or both. */
export interface RunNode {
  readonly app: AppRef;
  /** The order that called for the reload. Absent if somebody else started the reload, or if the ledger lacks the order. */
  readonly order?: OrderFact;
  /** The reload's end. Absent if it has not ended yet, or if the ledger lacks the end. */
  readonly event?: EventFact;
  /** If the order had several attempts: the ends of the earlier ones. */
  readonly attempts?: readonly EventFact[];
  /** Which links the end did not set off, and why. `no-link` is left out: it explains nothing. */
  readonly skips: readonly Skip[];
  readonly followers: readonly RunNode[];
}

/**
 * Shows a run as a tree: below each reload are the reloads that its end called for.
 *
 * Usually a run is one tree. There are more if the ledger lacks one of its events or orders: what followed from that is then
 * a tree of its own. An order has several ends if two reloads were started for it. Then each end after the first is a tree of
 * its own, too.
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
  /** The reloads of the orders that `event` caused; if it is undefined, of those whose cause is not in the run. */
  const nodesAfter = (event: EventFact | undefined): RunNode[] =>
    (ordersAfter.get(event) ?? []).map((order) => nodeOf(order, order, endsOf.get(order)?.last));
  const owned = new Set([...endsOf.values()].flatMap(({ attempts, last }) => [...attempts, last]));
  const roots = run.events.filter((event) => !owned.has(event));
  return [...roots.map((event) => nodeOf(event, undefined, event)), ...nodesAfter(undefined)];
}

/** The ends of one order's reloads. */
interface OwnEnds {
  /** Of the attempts that another one follows, in the order of their ends. */
  readonly attempts: readonly EventFact[];
  /** Of the last attempt. Absent if it has not ended. */
  readonly last?: EventFact;
}

/** The ends of each order's reloads. If an order has two ends of its last attempt, the later one is left out. */
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

/** Whether another attempt of the order follows this end, or has followed. */
const isEarlierAttempt = (event: EventFact, { state, ends }: OrderFact): boolean =>
  willRetry(event) || (state !== 'ended' && ends.includes(event.reloadId));
