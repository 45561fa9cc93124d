import type { OrderId } from '../names.ts';
import type { EpochMs } from '../units.ts';
import type { EventFact } from './facts.ts';
import type { Run } from './group-runs.ts';
import { ordersWith, type RememberedJoin, type WaitNow, type WaitSkip, waitNow } from './wait-now.ts';

/**
 * How the ends of one run count for links that wait for several apps. `cascade runs` says it in the line of the run,
 * because such a link may start its reload in another run. A run is a first event (a reload that ended) and all that
 * followed from it.
 */
export interface RunWaits {
  /** How many links have an end of this run that still counts, and wait for other apps. */
  readonly waiting: number;
  /**
   * How many orders (reloads that Cascade owes) are in other runs, although an end of this run helped to call for them.
   */
  readonly elsewhere: number;
}

/** Looks up what links that wait for several apps remember. */
export interface Waits {
  /** What has become of an end that waited; undefined if nobody knows. */
  readonly waitOf: (skip: WaitSkip) => WaitNow | undefined;
  /** The orders that links called for with an end, as far as they remember it. */
  readonly ordersWith: (event: EventFact) => readonly OrderId[];
}

/** Looks it up in what links remember. */
export const waitsIn = (joins: readonly RememberedJoin[], now: EpochMs): Waits => ({
  waitOf: (skip) => waitNow(skip, joins, now),
  ordersWith: (event) => ordersWith(event, joins),
});

/**
 * Counts the links that wait with an end of the run, and the orders of other runs that its ends helped to call for. A
 * link that is in two chains counts once.
 */
export function countWaits({ events, orders }: Run, { waitOf, ordersWith }: Waits): RunWaits {
  const own = new Set<string>(orders.map(({ _id }) => _id));
  const waiting = new Set<string>();
  const elsewhere = new Set<string>(events.flatMap(ordersWith));
  for (const skip of events.flatMap(({ skips = [] }) => skips)) {
    if (skip.reason !== 'waits-for') continue;
    const wait = waitOf(skip);
    if (wait?.kind === 'waits') waiting.add(JSON.stringify([skip.target, wait.halves, wait.missing]));
    if (wait?.kind === 'ordered') elsewhere.add(wait.order);
  }
  return { waiting: waiting.size, elsewhere: [...elsewhere].filter((order) => !own.has(order)).length };
}

/** Says it in words: `1 link waits for other apps`, `helped to call for 1 order of other runs`. Empty if both are 0. */
export const waitsWords = ({ waiting, elsewhere }: RunWaits): readonly string[] => [
  ...(waiting === 0 ? [] : [`${waiting} ${waiting === 1 ? 'link waits' : 'links wait'} for other apps`]),
  ...(elsewhere === 0 ? [] : [`helped to call for ${elsewhere} order${elsewhere === 1 ? '' : 's'} of other runs`]),
];
