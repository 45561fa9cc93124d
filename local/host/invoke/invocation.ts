import type { ActivationRecord } from '../activations.ts';
import type { ActionEntity } from '../entities/types.ts';
import type { Json } from '../json.ts';

/** What an activation belongs to. */
export interface InvokeContext {
  readonly transactionId: string;
  /** The activation of the sequence that this is a step of. */
  readonly cause?: string;
  /** How many actions the outermost sequence has run. */
  readonly steps?: { count: number };
}

/** An accepted activation: its id at once, its record when it has ended (it never rejects; logs come with the stored one). */
export interface StartedActivation {
  readonly activationId: string;
  readonly ended: Promise<ActivationRecord>;
}

/** Starts an activation. */
export type Invoke = (action: ActionEntity, payload: Json, context: InvokeContext) => StartedActivation;
