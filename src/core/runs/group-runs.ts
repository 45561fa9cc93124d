import type { AppRef } from '../names.ts';
import { isFinal, type OrderState } from '../order-state.ts';
import type { Outcome } from '../reload-finished.ts';
import type { EpochMs } from '../units.ts';
import type { EventFact, History, OrderFact } from './facts.ts';

/** Everything that followed from one event that no order of ours caused, or from one order by hand. */
export interface Run {
  /** The id of that event's document, or of that order's. */
  readonly root: string;
  /** Sooner ended first. */
  readonly events: readonly EventFact[];
  /** Sooner created first. */
  readonly orders: readonly OrderFact[];
}

/** One run in a line. */
export interface RunSummary {
  readonly root: string;
  /** The app whose end, or whose reload by hand, began it; absent if the ledger no longer has its root. */
  readonly app?: AppRef;
  /** How the root ended; absent while it has not, or is no longer known. */
  readonly outcome?: Outcome;
  readonly isByHand: boolean;
  readonly beganAt: EpochMs;
  /** The last thing that is known to have happened in it. */
  readonly lastAt: EpochMs;
  /** Something is still to be done: an order that is not in a final state, or an event that is not resolved. */
  readonly isGoing: boolean;
  /** How many orders are in each state; none if there are none. */
  readonly orders: Readonly<Partial<Record<OrderState, number>>>;
  /** How the ended ones ended. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
}

/** Sorts what is known into runs, newest first. */
export function groupRuns(history: History): readonly Run[] {
  const ownerOf = ownersOf(history.orders);
  const runs = new Map<string, { events: EventFact[]; orders: OrderFact[] }>();
  const runOf = (root: string) => {
    const run = runs.get(root) ?? { events: [], orders: [] };
    runs.set(root, run);
    return run;
  };
  for (const order of history.orders) runOf(order.root).orders.push(order);
  for (const event of history.events) runOf(ownerOf(event)?.root ?? event._id).events.push(event);
  return [...runs]
    .map(([root, { events, orders }]) => ({
      root,
      events: events.sort((a, b) => a.endedAt - b.endedAt || compare(a._id, b._id)),
      orders: orders.sort((a, b) => a.createdAt - b.createdAt || compare(a._id, b._id)),
    }))
    .sort((a, b) => beganAt(b) - beganAt(a) || compare(a.root, b.root));
}

/** Finds the order whose reload an event is the end of: by the reload id, else by what Qlik echoed. */
export function ownersOf(orders: readonly OrderFact[]): (event: EventFact) => OrderFact | undefined {
  const byId = new Map<string, OrderFact>(orders.map((order) => [order._id, order]));
  const byReload = new Map<string, OrderFact>();
  for (const order of orders) {
    for (const reloadId of [order.reloadId, ...order.ends]) {
      const key = `${order.tenant}/${reloadId}`;
      if (reloadId !== undefined && byReload.get(key)?.isCertain !== true) byReload.set(key, order);
    }
  }
  return ({ tenant, reloadId, orderId = '' }) => byReload.get(`${tenant}/${reloadId}`) ?? byId.get(orderId);
}

/** When a run began: its root's end, or its order by hand; where the root is gone, the first thing known. */
export function beganAt({ root, events, orders }: Run): EpochMs {
  const known = events.find(({ _id }) => _id === root)?.endedAt ?? orders.find(({ _id }) => _id === root)?.createdAt;
  const first = [events[0]?.endedAt, orders[0]?.createdAt].filter((at) => at !== undefined);
  return known ?? (Math.min(...first) as EpochMs);
}

/** Whether a reload of a run failed, its root's too, or was given up. One that a person canceled or called off was not. */
export const hasFailed = ({ events, orders }: Run): boolean =>
  orders.some(({ state }) => state === 'gave-up') ||
  [...events, ...orders].some(({ outcome }) => outcome === 'failed' || outcome === 'exceeded-limit');

/** Sums a run up. */
export function summariseRun(run: Run): RunSummary {
  const event = run.events.find(({ _id }) => _id === run.root);
  const order = run.orders.find(({ _id }) => _id === run.root);
  const began = event ?? order;
  const outcome = began?.outcome;
  const times = [...run.events, ...run.orders].flatMap(timesOf);
  return {
    root: run.root,
    ...(began === undefined ? {} : { app: { tenant: began.tenant, appId: began.appId } }),
    ...(outcome === undefined ? {} : { outcome }),
    isByHand: order !== undefined,
    beganAt: beganAt(run),
    lastAt: Math.max(beganAt(run), ...times) as EpochMs,
    isGoing:
      run.orders.some(({ state }) => !isFinal(state)) || run.events.some(({ resolvedAt }) => resolvedAt === undefined),
    orders: countsOf(run.orders.map(({ state }) => state)),
    outcomes: countsOf(run.orders.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]))),
  };
}

const timesOf = (fact: EventFact | OrderFact): readonly EpochMs[] =>
  ('createdAt' in fact ? [fact.createdAt, fact.postedAt, fact.endedAt] : [fact.endedAt]).filter(
    (at) => at !== undefined,
  );

function countsOf<T extends string>(values: readonly T[]): Readonly<Partial<Record<T, number>>> {
  const counts: Partial<Record<T, number>> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
