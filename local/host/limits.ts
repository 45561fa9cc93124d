/** What a namespace may do: calls and fires in one wall-clock minute, and activations at once. */
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

/** Limits that no laptop reaches, for benchmarks and suites that make many calls. */
export const RAISED_LIMITS: HostLimits = {
  invocationsPerMinute: 1_000_000,
  concurrentInvocations: 1_000,
  firesPerMinute: 1_000_000,
};

/** Bytes. */
export const MEGABYTE = 1_048_576;
/** Bytes of a payload, of a result, and of an entity's parameters. */
export const MAX_PAYLOAD_BYTES = MEGABYTE;
/** Bytes of one chunk of a chunked body. */
export const MAX_CHUNK_BYTES = MEGABYTE;
/** Bytes of the body of a PUT: an action's code may have 48 MB. */
export const MAX_ENTITY_BYTES = 48 * MEGABYTE;
/** Actions that one sequence may run, nested ones counted. */
export const MAX_SEQUENCE_ACTIONS = 50;

/** The limits of an action, in milliseconds and megabytes. */
export interface LimitsOfAction {
  readonly timeout: number;
  readonly memory: number;
  readonly logs: number;
  readonly concurrency: number;
}
export const DEFAULT_ACTION_LIMITS: LimitsOfAction = { timeout: 60_000, memory: 256, logs: 10, concurrency: 1 };
export const MIN_ACTION_LIMITS: LimitsOfAction = { timeout: 100, memory: 128, logs: 0, concurrency: 1 };
export const MAX_ACTION_LIMITS: LimitsOfAction = { timeout: 300_000, memory: 512, logs: 10, concurrency: 1 };
