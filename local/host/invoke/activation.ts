/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. An activation is one run of an action. These are the types for an activation while it runs; its record comes
 * later.
 */

import type { ActivationResponse } from '../activations.ts';
import type { ActionEntity, Entry } from '../entities/types.ts';
import type { Host } from '../host.ts';
import type { Json } from '../json.ts';

/** The request and the sequence to which an activation belongs. */
export interface InvokeContext {
  readonly transactionId: string;
  /** The activation of the sequence that this one is a step of. */
  readonly cause?: string;
  /** How many actions the outermost sequence has run so far. */
  readonly steps?: { count: number };
}

/** One activation that runs. */
export interface Activation extends InvokeContext {
  readonly host: Host;
  readonly action: ActionEntity;
  readonly payload: Json;
  readonly activationId: string;
}

/** How an activation ended, for its record. `start` is in epoch milliseconds, `duration` in milliseconds. */
export interface ActivationOutcome {
  readonly response: ActivationResponse;
  /** The annotations that only this kind of activation has. */
  readonly annotations: readonly Entry[];
  /**
   * The log. If it is a promise, the caller's answer does not wait for it, and only the stored record has the lines.
   */
  readonly logs: readonly string[] | Promise<readonly string[]>;
  /** When the work began; default: when the host accepted the activation. */
  readonly start?: number;
  /** Default: the time from start to end. */
  readonly duration?: number;
}
