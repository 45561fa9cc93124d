/*
 * The view Numbers shows how many reloads ended in each hour, how long the reloads of each app took, and how Cascade's
 * own actions do. This file computes these numbers. The first two come from the ends of reloads (events) on this
 * device. The last comes from what the meter, an action of Cascade, has counted.
 */

import { groupBy } from '../../src/core/group-by.ts';
import { BOUNDS_MS, type Histogram } from '../../src/core/metrics/histogram.ts';
import type { Stat } from '../../src/core/metrics/stat.ts';
import { type AppRef, appKey } from '../../src/core/names.ts';
import type { EventFact, LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { ownersOf } from '../../src/core/runs/group-runs.ts';
import { reloadTimes } from '../../src/core/runs/reload-times.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import { nodeState } from './mark.ts';

const HOUR_MS = 3_600_000;

/**
 * How an end may count. A reload that exceeded a limit of Qlik, or that Cascade canceled because it ran too long,
 * counts as failed.
 */
export const END_STATES = ['succeeded', 'failed', 'canceled'] as const;
export type EndState = (typeof END_STATES)[number];

/** How many reloads ended in an hour, by how they ended. `hour` is when the hour began. */
export type HourCount = { readonly hour: EpochMs } & Readonly<Record<EndState, number>>;

/**
 * How an end counts.
 *
 * @param owner - the order (a reload that Cascade owed) whose reload it was. It says whether Cascade canceled the
 *   reload because it ran too long.
 */
function endStateOf(event: EventFact, owner: OrderFact | undefined): EndState {
  const state = nodeState({ event, ...(owner !== undefined && { order: owner }) });
  return state === 'succeeded' || state === 'failed' ? state : 'canceled';
}

/**
 * Counts the ends in each of the last hours, the earliest hour first. The last one is the hour of `now`, which is not
 * over.
 *
 * @param orders - orders (reloads that Cascade owes or owed): they say which reloads ran too long.
 * @param hours - how many hours, at least 1.
 */
export function endsByHour(
  events: Iterable<EventFact>,
  orders: readonly OrderFact[],
  now: EpochMs,
  hours: number,
): readonly HourCount[] {
  const first = (Math.floor(now / HOUR_MS) - hours + 1) * HOUR_MS;
  const counts = Array.from({ length: hours }, (_, index) => ({
    hour: (first + index * HOUR_MS) as EpochMs,
    ...{ succeeded: 0, failed: 0, canceled: 0 },
  }));
  const ownerOf = ownersOf(orders);
  for (const event of events) {
    const count = counts[Math.floor((event.endedAt - first) / HOUR_MS)];
    if (count !== undefined) count[endStateOf(event, ownerOf(event))] += 1;
  }
  return counts;
}

/** How long the reloads of an app took. */
export interface AppDurations {
  readonly app: AppRef;
  readonly label: string;
  /** How many of its reloads have ended. */
  readonly ends: number;
  /**
   * The median of the times that its reloads ran, without the time in Qlik's queue. Absent if Qlik never said when a
   * reload began to run.
   */
  readonly median?: DurationMs;
  readonly longest?: DurationMs;
  /** The longest time in Qlik's queue. */
  readonly longestQueue?: DurationMs;
}

/** How long the reloads of each app took. The app with the longest median comes first. */
export function durationsByApp(events: Iterable<EventFact>, labelOf: LabelOf): readonly AppDurations[] {
  return [...groupBy(events, appKey).values()]
    .flatMap((ends) => {
      const [first] = ends;
      return first === undefined ? [] : [durationsOf(first, ends, labelOf)];
    })
    .sort((a, b) => (b.median ?? -1) - (a.median ?? -1) || (a.label < b.label ? -1 : 1));
}

function durationsOf({ tenant, appId }: AppRef, ends: readonly EventFact[], labelOf: LabelOf): AppDurations {
  const times = ends.map(reloadTimes);
  const ran = times.flatMap((each) => each.ran ?? []).sort((a, b) => a - b);
  const queued = times.flatMap((each) => each.queued ?? []);
  const [median, longest] = [ran[Math.floor((ran.length - 1) / 2)], ran.at(-1)];
  return {
    app: { tenant, appId },
    label: labelOf({ tenant, appId }),
    ends: ends.length,
    ...(median !== undefined && { median }),
    ...(longest !== undefined && { longest }),
    ...(queued.length > 0 && { longestQueue: Math.max(...queued) as DurationMs }),
  };
}

/**
 * How one of Cascade's actions did since the meter began to count. An activation is one run of an action, in
 * OpenWhisk's words.
 */
export interface ActionNumbers {
  readonly action: string;
  /** How many activations there were. */
  readonly invocations: number;
  /** How many of them did not succeed. */
  readonly errors: number;
  /** Half of the activations took at most `median`, and 95 of 100 at most `p95`. Absent without activations. */
  readonly median?: Bound;
  readonly p95?: Bound;
  /** How many of the activations were cold starts: OpenWhisk had to load the action first. */
  readonly coldStarts: number;
}

/**
 * The meter counts durations in steps, so only bounds are known. In milliseconds: at most `upTo`, or more than `above`,
 * which is the largest bound.
 */
export type Bound = { readonly upTo: number } | { readonly above: number };

/** The numbers of each action, in alphabetical order. */
export const actionNumbers = (stats: Iterable<Stat & { readonly action: string }>): readonly ActionNumbers[] =>
  [...stats].map(numbersOf).sort((a, b) => (a.action < b.action ? -1 : 1));

function numbersOf({ action, invocations, duration, init }: Stat & { readonly action: string }): ActionNumbers {
  const all = sum(Object.values(invocations));
  const [median, p95] = [boundOf(duration, 0.5), boundOf(duration, 0.95)];
  return {
    action,
    invocations: all,
    errors: all - invocations.success,
    ...(median !== undefined && { median }),
    ...(p95 !== undefined && { p95 }),
    coldStarts: sum(init.counts),
  };
}

/** The smallest bound that this share of the durations does not exceed. */
function boundOf({ counts }: Histogram, share: number): Bound | undefined {
  const all = sum(counts);
  if (all === 0) return undefined;
  let seen = 0;
  for (const [index, count] of counts.entries()) {
    seen += count;
    const upTo = BOUNDS_MS.duration[index];
    if (seen >= share * all && upTo !== undefined) return { upTo };
  }
  return { above: BOUNDS_MS.duration.at(-1) ?? 0 };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
