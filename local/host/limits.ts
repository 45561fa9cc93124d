/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. These are its limits. Most are OpenWhisk's defaults, so that an action that works here also works there.
 */

/**
 * How many actions a namespace may invoke, and how many triggers it may fire, in one minute of the clock. And how many
 * activations (runs of actions) may run at once.
 */
export interface HostLimits {
  readonly invocationsPerMinute: number;
  readonly concurrentInvocations: number;
  readonly firesPerMinute: number;
}

/** OpenWhisk's own defaults. */
export const DEFAULT_HOST_LIMITS: HostLimits = {
  invocationsPerMinute: 60,
  concurrentInvocations: 30,
  firesPerMinute: 60,
};

/** Limits that are too high to matter, for benchmarks and tests that make many calls. */
export const RAISED_LIMITS: HostLimits = {
  invocationsPerMinute: 1_000_000,
  concurrentInvocations: 1_000,
  firesPerMinute: 1_000_000,
};

/** In bytes. */
export const MEGABYTE = 1_048_576;
/** The most bytes of a payload, of a result, and of an entity's parameters. */
export const MAX_PAYLOAD_BYTES = MEGABYTE;
/** The most bytes of one chunk of a chunked body. */
export const MAX_CHUNK_BYTES = MEGABYTE;
/** The most bytes of the body of a PUT, which may hold an action's code: 48 MB. */
export const MAX_ENTITY_BYTES = 48 * MEGABYTE;
/** The most actions that one sequence may run, with those of the sequences in it. */
export const MAX_SEQUENCE_ACTIONS = 50;

/** The limits of an action: `timeout` in milliseconds, `memory` and `logs` in megabytes. */
export interface LimitsOfAction {
  readonly timeout: number;
  readonly memory: number;
  readonly logs: number;
  readonly concurrency: number;
}
export const DEFAULT_ACTION_LIMITS: LimitsOfAction = { timeout: 60_000, memory: 256, logs: 10, concurrency: 1 };
/** The range of each limit, and OpenWhisk's words for it and its unit. */
export const ACTION_LIMIT_RANGES = {
  timeout: { least: 100, most: 300_000, what: 'duration', unit: ' milliseconds' },
  memory: { least: 128, most: 512, what: 'memory size', unit: ' MB' },
  logs: { least: 0, most: 10, what: 'log size', unit: ' MB' },
  concurrency: { least: 1, most: 1, what: 'concurrency', unit: '' },
} as const satisfies Readonly<Record<keyof LimitsOfAction, object>>;
