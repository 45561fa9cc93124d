import type { Run } from './group-runs.ts';
import type { WaitNow, WaitSkip } from './wait-now.ts';

/** What links that wait for several apps have made of the ends of one run. */
export interface RunWaits {
  /** How many links still count an end of the run, and wait for other apps. */
  readonly waiting: number;
  /** How many orders of other runs an end of this run helped to call for. */
  readonly elsewhere: number;
}

/**
 * Counts the links that wait with an end of the run, and the orders of other runs that its ends helped to call for.
 *
 * @param waitOf - what has become of an end that waited; undefined if nobody knows.
 */
export function countWaits({ events, orders }: Run, waitOf: (skip: WaitSkip) => WaitNow | undefined): RunWaits {
  const own = new Set<string>(orders.map(({ _id }) => _id));
  const waiting = new Set<string>();
  const elsewhere = new Set<string>();
  for (const skip of events.flatMap(({ skips = [] }) => skips)) {
    if (skip.reason !== 'waits-for') continue;
    const wait = waitOf(skip);
    if (wait?.kind === 'waits') waiting.add(JSON.stringify([skip.chain, skip.target, wait.halves]));
    if (wait?.kind === 'ordered' && !own.has(wait.order)) elsewhere.add(wait.order);
  }
  return { waiting: waiting.size, elsewhere: elsewhere.size };
}
