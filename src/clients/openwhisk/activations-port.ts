/*
 * An activation is one run of an action. OpenWhisk keeps a list of them, with their logs. The action `meter` counts
 * them, and `cascade logs` shows what they wrote. This file says what both need from OpenWhisk.
 */

import type { EpochMs } from '../../core/units.ts';

/** An activation as OpenWhisk lists it. */
export interface ListedActivation {
  readonly activationId: string;
  /** `namespace/package/action`; undefined for a trigger's record, which runs no code. */
  readonly path?: string;
  readonly start: EpochMs;
  /** 0 success, 1 application error, 2 the action crashed or ran out of time, 3 the host failed. */
  readonly statusCode: number;
  readonly durationMs: number;
  /** Only after a cold start. */
  readonly initMs?: number;
}

/** Reads the list of activations. */
export interface ActivationsPort {
  /**
   * One page of the namespace's activations that started from `since` to `upto`, both inclusive, the latest first. A
   * host decides itself how many fit into a page (fact ow-activations-07: 200). If the page is empty, there are no
   * more.
   *
   * @param skip - how many to leave out, from the latest.
   * @throws CascadeError OPENWHISK_UNREACHABLE, OPENWHISK_REFUSED.
   */
  page(range: {
    readonly since: EpochMs;
    readonly upto: EpochMs;
    readonly skip: number;
  }): Promise<readonly ListedActivation[]>;
}

/** One activation, and the lines that it wrote. */
export interface ReadActivation {
  readonly activationId: string;
  /** `namespace/package/action`; undefined for a trigger's record. */
  readonly path?: string;
  readonly start: EpochMs;
  /** True for a sequence: its `logs` are the ids of its parts (fact ow-activations-04). */
  readonly isSequence: boolean;
  readonly logs: readonly string[];
}

/** Reads activations, and what they wrote to their logs. */
export interface LogsPort extends ActivationsPort {
  /**
   * The lines that an activation wrote; undefined if the host does not know the activation (any more).
   *
   * @throws CascadeError OPENWHISK_UNREACHABLE, OPENWHISK_REFUSED.
   */
  logs(activationId: string): Promise<readonly string[] | undefined>;
  /** The activation; undefined and errors as for `logs`. */
  activation(activationId: string): Promise<ReadActivation | undefined>;
}
