import type { AppId } from '../../core/names.ts';
import type { EpochMs } from '../../core/units.ts';

/** Where the time ran out: everything from `head` down to `reached` was seen, nothing between `reached` and `t`. */
export interface CheckpointGap {
  readonly head: EpochMs;
  readonly reached: EpochMs;
}

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
  /** Qlik's clock when the first checkpoint was set: what ended before is history, and starts nothing. */
  readonly from: EpochMs;
  readonly gap?: CheckpointGap;
  /** Where a credential may list app by app only, and the time ran out: since when this round, and which app is next. */
  readonly round?: { readonly since: EpochMs; readonly next: AppId };
  /** `CouchPort.identity()` when it was written. */
  readonly store: string;
}
