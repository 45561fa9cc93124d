import type { DurationMs } from './units.ts';

/** The time limits of an action and of its calls to the store. */
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
 * The time limits of the actions that call the store, in milliseconds: of all but `dashboard`.
 *
 * - receiver: one webhook needs at most three calls to the store. They fit into the action's time, so the sender gets our
 *   answer and not the host's.
 * - resolver: it usually calls the store twice at most.
 * - chains: it is better to draw a chart without last reloads than to draw it late.
 * - invoker: it may wait for the host's next minute.
 * - metrics: Prometheus waits 10 s by default.
 * - reload: its time is shorter than the 150 s for which it claims an order, a reload that Cascade owes.
 * - collector: it is over before the next sweep, 5 minutes later.
 * - storer, notifier, meter, questions-collector and questions-storer: nobody waits for them, so the store may take 10 s.
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
