import type { DurationMs } from './units.ts';

/** The time limits of an action and of its calls to the store. */
export interface ActionLimits {
  /** OpenWhisk ends the action then: manifest.yaml says the same, and a test compares. */
  readonly limit: DurationMs;
  /** After this time a call to the store counts as lost. */
  readonly store: DurationMs;
}

const limits = (limit: number, store: number): ActionLimits => ({
  limit: limit as DurationMs,
  store: store as DurationMs,
});

/**
 * The time limits of all actions, in milliseconds.
 *
 * - receiver: one webhook takes at most three calls to the store. They fit into its limit, so its sender gets our answer,
 *   not the host's.
 * - resolver: it reads at most twice.
 * - chains: a chart is drawn without its last reloads rather than late.
 * - invoker: it may wait for the host's next minute.
 * - metrics: Prometheus waits 10 s by default.
 * - reload: less than an order's lease (docs/ledger.md, "Times").
 */
export const ACTION_LIMITS = {
  receiver: limits(8_000, 2_400),
  resolver: limits(15_000, 3_000),
  invoker: limits(120_000, 5_000),
  reload: limits(110_000, 10_000),
  collector: limits(120_000, 10_000),
  storer: limits(60_000, 10_000),
  chains: limits(15_000, 5_000),
  metrics: limits(15_000, 5_000),
  meter: limits(60_000, 10_000),
} as const satisfies Readonly<Record<string, ActionLimits>>;
