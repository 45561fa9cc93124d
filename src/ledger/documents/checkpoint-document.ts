import type { EpochMs } from '../../core/units.ts';

/**
 * `checkpoint:<tenant>`: up to which end the collector has seen everything.
 *
 * Invariant: it is written after the events up to it are stored; it moves only forward, and only if it moved.
 */
export interface CheckpointDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'checkpoint';
  /** Qlik's clock: the greatest end seen. */
  readonly t: EpochMs;
  /** Where the time ran out: everything from `head` down to `reached` was seen, nothing between `reached` and `t`. */
  readonly gap?: { readonly head: EpochMs; readonly reached: EpochMs };
  /** `CouchPort.identity()` when it was written. */
  readonly store: string;
}
