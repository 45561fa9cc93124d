/*
 * Counts the activations (runs) of Cascade's own actions for the metrics. The action `meter` reads the OpenWhisk host's
 * list of activations again and again, and the lists overlap. No activation may be counted twice. So a stat, the counts
 * of one action, remembers which activations are counted: by their ids, and by a time before which nothing is counted
 * any more.
 */

import type { EpochMs } from '../units.ts';
import { BOUNDS_MS, emptyHistogram, type Histogram, withDurations } from './histogram.ts';

/** How OpenWhisk says that an activation ended, in the order of its status codes from 0. */
export const ACTIVATION_STATUSES = ['success', 'application_error', 'developer_error', 'internal_error'] as const;
export type CountedStatus = (typeof ACTIVATION_STATUSES)[number];

/** One activation of one action, as far as it is counted. */
export interface CountedActivation {
  readonly activationId: string;
  readonly start: EpochMs;
  readonly status: CountedStatus;
  readonly durationMs: number;
  /** After a cold start: how long loading the action took. */
  readonly initMs?: number;
}

/** The activations of one action so far. */
export interface Stat {
  readonly invocations: Readonly<Record<CountedStatus, number>>;
  readonly duration: Histogram;
  readonly init: Histogram;
  /** An activation that started before this time is not counted from now on, whether it was counted or missed. */
  readonly upTo: EpochMs;
  /** The counted activations that started at `upTo` or later: their starts by id. */
  readonly counted: Readonly<Record<string, EpochMs>>;
}

/** An action of which nothing is counted. */
export const freshStat = (upTo: EpochMs): Stat => ({
  invocations: { success: 0, application_error: 0, developer_error: 0, internal_error: 0 },
  duration: emptyHistogram(BOUNDS_MS.duration),
  init: emptyHistogram(BOUNDS_MS.init),
  upTo,
  counted: {},
});

/** The most ids that are kept for one action. They have about 500 kB, which CouchDB takes in one document. */
export const MOST_COUNTED = 10_000;

/**
 * Counts activations of one action. An activation that is counted already, or that started before `upTo`, is left out.
 * So the same list may be counted again.
 *
 * @param upTo - where counting may begin the next time. It never moves back. It moves further if more ids than
 *   `MOST_COUNTED` would have to be kept.
 */
export function countActivations(stat: Stat, activations: readonly CountedActivation[], upTo: EpochMs): Stat {
  const found = new Map(activations.map((activation) => [activation.activationId, activation]));
  const more = [...found.values()].filter(
    ({ activationId, start }) => start >= stat.upTo && !Object.hasOwn(stat.counted, activationId),
  );
  const invocations = { ...stat.invocations };
  for (const { status } of more) invocations[status] += 1;
  const starts = more.map(({ activationId, start }) => [activationId, start] as const);
  return {
    invocations,
    duration: withDurations(
      stat.duration,
      BOUNDS_MS.duration,
      more.map(({ durationMs }) => durationMs),
    ),
    init: withDurations(
      stat.init,
      BOUNDS_MS.init,
      more.flatMap(({ initMs }) => initMs ?? []),
    ),
    ...kept(
      [...(Object.entries(stat.counted) as [string, EpochMs][]), ...starts],
      Math.max(stat.upTo, upTo) as EpochMs,
    ),
  };
}

/** What to remember: the ids of the activations that started at `upTo` or later, but no more than `MOST_COUNTED`. */
function kept(all: readonly (readonly [string, EpochMs])[], upTo: EpochMs): Pick<Stat, 'upTo' | 'counted'> {
  const open = all.filter(([, start]) => start >= upTo);
  if (open.length <= MOST_COUNTED) return { upTo, counted: Object.fromEntries(open) };
  const latest = open.sort(([, a], [, b]) => b - a)[MOST_COUNTED]?.[1] ?? upTo;
  // Of the activations that started at `latest`, only some ids could be kept. The others would be counted twice.
  const later = (latest + 1) as EpochMs;
  return { upTo: later, counted: Object.fromEntries(open.filter(([, start]) => start >= later)) };
}
