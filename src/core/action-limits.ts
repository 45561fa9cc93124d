import { type DurationMs, seconds } from './units.ts';

/** The time limits of an action and of its calls to the store, CouchDB. */
export interface ActionLimits {
  /** After this time OpenWhisk ends the action. manifest.yaml has the same time, and a test compares them. */
  readonly limit: DurationMs;
  /** After this time a call to the store counts as lost. */
  readonly store: DurationMs;
}

/**
 * The time limits of the OpenWhisk actions that call the store. Each of them opens the store with its limit, so that
 * one call to a silent store cannot use up the action's time.
 *
 * - receiver: one webhook usually needs one to three calls to the store. Three fit into the action's time. So the
 *   sender gets Cascade's answer and not the one that OpenWhisk gives for an action that took too long.
 * - resolver: one webhook usually needs one or two calls to the store.
 * - chains: it is better to draw a chart without last reloads than to draw it late.
 * - invoker: it may have to wait for the next minute, when OpenWhisk takes invocations again.
 * - metrics: Prometheus waits 10 s by default. One call to the store may take half of that.
 * - reload: its time is shorter than the 150 s for which it works alone on an order, a reload that Cascade owes.
 * - collector: it is over before the next sweep, which runs 5 minutes later.
 * - storer, notifier, meter, questions-collector and questions-storer: nobody waits for them. So the store may take
 *   10 s.
 */
export const ACTION_LIMITS = {
  receiver: { limit: seconds(8), store: seconds(2.4) },
  resolver: { limit: seconds(15), store: seconds(3) },
  invoker: { limit: seconds(120), store: seconds(5) },
  reload: { limit: seconds(110), store: seconds(10) },
  collector: { limit: seconds(120), store: seconds(10) },
  storer: { limit: seconds(60), store: seconds(10) },
  notifier: { limit: seconds(60), store: seconds(10) },
  chains: { limit: seconds(15), store: seconds(5) },
  metrics: { limit: seconds(15), store: seconds(5) },
  meter: { limit: seconds(60), store: seconds(10) },
  'questions-collector': { limit: seconds(60), store: seconds(10) },
  'questions-storer': { limit: seconds(60), store: seconds(10) },
} as const satisfies Readonly<Record<string, ActionLimits>>;
