/*
 * Commands and the dashboard show what Cascade did as runs. This file sorts events and orders into runs, and sums up a
 * run in one line. The ledger (Cascade's memory) may have lost old parts of a run.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes because of an event. A run is all that
 * followed from its root, which is an event that no order caused, or an order that a person gave.
 */

import { definedFields } from '../defined-fields.ts';
import { groupBy } from '../group-by.ts';
import type { AppRef } from '../names.ts';
import { isFinal, type OrderState } from '../order-state.ts';
import type { Outcome, ReloadFinished } from '../reload-finished.ts';
import type { EpochMs } from '../units.ts';
import type { EventFact, History, OrderFact } from './facts.ts';
import { isTimedOut } from './order-words.ts';
import { type ReloadTimes, reloadTimes, sumOfTimes } from './reload-times.ts';

/** A run: its root, and all events and orders that followed from it. */
export interface Run {
  /** The id of the root's document. */
  readonly root: string;
  /** The earliest end first. */
  readonly events: readonly EventFact[];
  /** The earliest created first. */
  readonly orders: readonly OrderFact[];
}

/** One run in a line. */
export interface RunSummary {
  readonly root: string;
  /** The root's app; absent if the ledger no longer has the root. */
  readonly app?: AppRef;
  /** How the root ended; absent if it has not ended, or if the ledger no longer has it. */
  readonly outcome?: Outcome;
  readonly isByHand: boolean;
  readonly beganAt: EpochMs;
  /** The last known instant of the run. */
  readonly lastAt: EpochMs;
  /** Whether something is left to do: an order is not finished, or nobody has decided what follows an event. */
  readonly isGoing: boolean;
  /** How many orders are in each state; a state without orders is absent. */
  readonly orders: Readonly<Partial<Record<OrderState, number>>>;
  /** How many orders have each outcome, as Qlik reported it. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** How many of the canceled orders Cascade canceled because their reloads ran too long. */
  readonly timedOut: number;
  /** How long its reloads waited in Qlik's queue, and how long they ran, together. */
  readonly times: ReloadTimes;
  /** How many attempts the orders have had, or are about to have, without the first attempt of each order. */
  readonly furtherAttempts: number;
}

/** Sorts a history into runs, newest first. */
export function groupRuns(history: History): readonly Run[] {
  const ownerOf = ownersOf(history.orders);
  const orders = groupBy(history.orders, ({ root }) => root);
  const events = groupBy(history.events, (event) => ownerOf(event)?.root ?? event._id);
  const roots = new Set([...orders.keys(), ...events.keys()]);
  return [...roots]
    .map((root) => ({
      root,
      events: (events.get(root) ?? []).sort((a, b) => a.endedAt - b.endedAt || compare(a._id, b._id)),
      orders: (orders.get(root) ?? []).sort((a, b) => a.createdAt - b.createdAt || compare(a._id, b._id)),
    }))
    .sort((a, b) => beganAt(b) - beganAt(a) || compare(a.root, b.root));
}

/**
 * Makes the function that finds the order of an event, that is, the order that started the reload. It looks for an
 * order with this reload, and then for the order whose id Qlik gave back with the end.
 */
export function ownersOf(orders: readonly OrderFact[]): (event: ReloadFinished) => OrderFact | undefined {
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

/**
 * When a run began: when its root event ended, or when its order by hand was created. If the ledger no longer has the
 * root, the first known instant.
 */
export function beganAt({ root, events, orders }: Run): EpochMs {
  const known = events.find(({ _id }) => _id === root)?.endedAt ?? orders.find(({ _id }) => _id === root)?.createdAt;
  const first = [events[0]?.endedAt, orders[0]?.createdAt].filter((at) => at !== undefined);
  return known ?? (Math.min(...first) as EpochMs);
}

/** Whether Cascade decided that another attempt follows this end, so that nothing else followed it. */
export const willRetry = ({ skips = [] }: EventFact): boolean => skips.some(({ reason }) => reason === 'will-retry');

/**
 * Whether a reload of a run, its root included, failed, ran too long or was given up. Three things are no failure: a
 * person canceled a reload, a person called an order off, or an attempt failed and another one followed.
 */
export const hasFailed = ({ events, orders }: Run): boolean =>
  orders.some((order) => order.state === 'gave-up' || isTimedOut(order)) ||
  [...events.filter((event) => !willRetry(event)), ...orders].some(
    ({ outcome }) => outcome === 'failed' || outcome === 'exceeded-limit',
  );

/** Describes a run in one line. */
export function summariseRun(run: Run): RunSummary {
  const { root, events, orders } = run;
  const order = orders.find(({ _id }) => _id === root);
  const began = events.find(({ _id }) => _id === root) ?? order;
  const times = [...events, ...orders].flatMap(timesOf);
  return definedFields({
    root,
    app: began && { tenant: began.tenant, appId: began.appId },
    outcome: began?.outcome,
    isByHand: order !== undefined,
    beganAt: beganAt(run),
    lastAt: Math.max(beganAt(run), ...times) as EpochMs,
    isGoing: orders.some(({ state }) => !isFinal(state)) || events.some(({ resolvedAt }) => resolvedAt === undefined),
    orders: countsOf(orders.map(({ state }) => state)),
    outcomes: countsOf(orders.flatMap(({ outcome }) => outcome ?? [])),
    timedOut: orders.filter(isTimedOut).length,
    times: sumOfTimes(events.map(reloadTimes)),
    furtherAttempts: orders.reduce((sum, { try: attempt = 1 }) => sum + attempt - 1, 0),
  });
}

const timesOf = (fact: EventFact | OrderFact): readonly EpochMs[] =>
  ('state' in fact
    ? [fact.createdAt, fact.postedAt, fact.endedAt, fact.gaveUpAt, fact.calledOffAt]
    : [fact.endedAt]
  ).filter((at) => at !== undefined);

function countsOf<T extends string>(values: readonly T[]): Readonly<Partial<Record<T, number>>> {
  const counts: Partial<Record<T, number>> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
