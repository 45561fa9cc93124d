import type { ActivationResponse } from '../activations.ts';
import type { ActionEntity, Entry } from '../entities/types.ts';
import type { Host } from '../host.ts';
import type { Json } from '../json.ts';

/** What an activation belongs to. */
export interface InvokeContext {
  readonly transactionId: string;
  /** The activation of the sequence that this one is a step of. */
  readonly cause?: string;
  /** How many actions the outermost sequence has run. */
  readonly steps?: { count: number };
}

/** One activation under way. */
export interface Activation extends InvokeContext {
  readonly host: Host;
  readonly action: ActionEntity;
  readonly payload: Json;
  readonly activationId: string;
}

/** How an activation ended, for its record. `start` is epoch milliseconds, `duration` milliseconds. */
export interface ActivationOutcome {
  readonly response: ActivationResponse;
  /** The annotations that only this kind of activation has. */
  readonly annotations: readonly Entry[];
  /** If this is a promise, the answer does not wait for it, and only the stored record has the lines. */
  readonly logs: readonly string[] | Promise<readonly string[]>;
  /** When the work began; by default when the host accepted it. */
  readonly start?: number;
  /** By default the time from start to end. */
  readonly duration?: number;
}
