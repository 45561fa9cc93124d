/*
 * The invoker is the action that starts the action `reload` once for each app that follows an ended reload. It asks
 * OpenWhisk for activations (runs of an action), and does not wait until they end. This file says what it needs from
 * OpenWhisk, and how OpenWhisk may answer. The invoker must know whether an activation was queued: if it asked for a
 * second one, an app could reload twice.
 */

import type { EpochMs } from '../../core/units.ts';

/** The outcome of asking OpenWhisk for a non-blocking activation. */
export type Invocation =
  | { readonly kind: 'accepted'; readonly activationId: string }
  /**
   * 429: the namespace has as many activations in flight as it may have. Not queued, but counted towards the minute.
   */
  | { readonly kind: 'too-many-concurrent' }
  /** 429: the namespace has used up its invocations of this wall-clock minute. Not queued. */
  | { readonly kind: 'minute-spent' }
  /** 503, or an error of the connection, such as ECONNREFUSED, after which nothing was sent: certainly not queued. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** No answer, another 5xx, or an answer without an activation id: the activation may have been queued or not. */
  | { readonly kind: 'unknown'; readonly message: string }
  /** Another 4xx: not queued. */
  | { readonly kind: 'refused'; readonly message: string };

/** How many activations Cascade's namespace may have on the OpenWhisk host. */
export interface NamespaceLimits {
  readonly invocationsPerMinute: number;
  readonly concurrentInvocations: number;
}

/** The host's answer about the limits. */
export interface SaidLimits extends NamespaceLimits {
  /** The host's clock, in whole seconds; absent if the answer does not tell it. */
  readonly hostNow?: EpochMs;
}

/** OpenWhisk's defaults, for a host that does not say its limits (fact ow-limits-02). */
export const DEFAULT_LIMITS: NamespaceLimits = { invocationsPerMinute: 60, concurrentInvocations: 30 };

/** What the invoker needs from OpenWhisk. */
export interface InvokerPort {
  /** Starts a non-blocking activation of `action`, written `/namespace/package/action`. */
  invoke(action: string, params: object): Promise<Invocation>;
  /** `GET /namespaces/_/limits`; undefined if the host does not say them, or does not answer. */
  limits(): Promise<SaidLimits | undefined>;
}
