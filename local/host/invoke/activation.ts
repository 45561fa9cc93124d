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

/** How an activation ended, before it is a record; instants and durations in milliseconds. */
export interface ActivationOutcome {
  readonly response: ActivationResponse;
  /** The annotations that only this kind of activation has. */
  readonly annotations: readonly Entry[];
  /** A promise if the answer does not wait for the log; only the stored record has the lines then. */
  readonly logs: readonly string[] | Promise<readonly string[]>;
  /** When the work began; when it was accepted unless given. */
  readonly start?: number;
  /** From start to end unless given. */
  readonly duration?: number;
}
