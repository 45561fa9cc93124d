import type { DurationMs } from './units.ts';

/** The time limits of an action and of its calls to the store, CouchDB. */
export interface ActionLimits {
  /** After this time OpenWhisk ends the action. manifest.yaml has the same time, and a test compares them. */
  readonly limit: DurationMs;
  /** After this time a call to the store counts as lost. */
  readonly store: DurationMs;
}

const limits = (limit: number, store: number): ActionLimits => ({
  limit: limit as DurationMs,
  store: store as DurationMs,
});

/**
 * The time limits of Cascade's OpenWhisk actions, in milliseconds: first for the whole action, then for one call to the
 * store (CouchDB). Each action opens the store with its limit, so that a silent store cannot use up the action's time.
 * `dashboard` is missing here, because it does not call the store.
 *
 * - receiver: one webhook usually needs one to three calls to the store. Three fit into the action's time. So the
 *   sender gets Cascade's answer and not the one that OpenWhisk gives for an action that took too long.
 * - resolver: it usually calls the store twice at most.
 * - chains: it is better to draw a chart without last reloads than to draw it late.
 * - invoker: if OpenWhisk's limit of invocations in a minute is spent, it waits for the next minute.
 * - metrics: Prometheus waits 10 s by default.
 * - reload: its time is shorter than the 150 s for which it works alone on an order, a reload that Cascade owes.
 * - collector: it is over before the next sweep, which runs 5 minutes later.
 * - storer, notifier, meter, questions-collector and questions-storer: nobody waits for them. So the store may take
 *   10 s.
 */
export const ACTION_LIMITS = {
  receiver: limits(8_000, 2_400),
  resolver: limits(15_000, 3_000),
  invoker: limits(120_000, 5_000),
  reload: limits(110_000, 10_000),
  collector: limits(120_000, 10_000),
  storer: limits(60_000, 10_000),
  notifier: limits(60_000, 10_000),
  chains: limits(15_000, 5_000),
  metrics: limits(15_000, 5_000),
  meter: limits(60_000, 10_000),
  'questions-collector': limits(60_000, 10_000),
  'questions-storer': limits(60_000, 10_000),
} as const satisfies Readonly<Record<string, ActionLimits>>;
