import type { AppId } from '../../core/names.ts';
import type { EpochMs } from '../../core/units.ts';
import {
  isAppId,
  isInstant,
  isListOf,
  isObjectWith,
  isOneOf,
  isRecordOf,
  isText,
  maybe,
  readerOf,
} from '../document-reader.ts';

/** A list of Qlik's that was not read back to its end: where it goes on, and what is known once it was. */
export interface CheckpointGap {
  /** Qlik's clock: once the list is read to its end, every end until then is known. */
  readonly head: EpochMs;
  /** The order that was asked for. */
  readonly by: 'end' | 'creation';
  /** Qlik's own cursor of the next page; absent if the list begins anew. */
  readonly next?: string;
  /** The last end that was read: in the order of ends the next ones are not later. */
  readonly reached?: EpochMs;
}

/** An app that is not as far as `t`: its list failed, or is long. */
export interface BehindApp {
  readonly t: EpochMs;
  readonly gap?: CheckpointGap;
}

/**
 * `checkpoint:<tenant>`: up to which end the collector has seen everything.
 *
 * Invariant: it is written after the events up to it are stored. It moves only forward, and is written only if it
 * moved.
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
  /** The tenant's apps in the compiled set, sorted: an app that is not among them has come with a new deployment. */
  readonly apps: readonly AppId[];
  /** Apps that came later than `from`: Qlik's clock then; what ended before is history. Absent once `t` has left it behind. */
  readonly fresh?: Readonly<Record<AppId, EpochMs>>;
  readonly gap?: CheckpointGap;
  /** Where a credential may list app by app only. */
  readonly behind?: Readonly<Record<AppId, BehindApp>>;
  /** Where a credential may list app by app only, and the time ran out: since when this round, and which app is next. */
  readonly round?: { readonly since: EpochMs; readonly next: AppId };
  /** `CouchPort.identity()` when it was written. */
  readonly store: string;
}

const isGap = isObjectWith({
  head: isInstant,
  by: isOneOf(['end', 'creation']),
  next: maybe(isText),
  reached: maybe(isInstant),
});

/** Reads a tenant's checkpoint. @throws CascadeError LEDGER_MALFORMED. */
export const readCheckpoint = readerOf<CheckpointDocument>(
  'checkpoint',
  {
    t: isInstant,
    from: isInstant,
    store: isText,
    apps: isListOf(isAppId),
    fresh: maybe(isRecordOf(isInstant)),
    gap: maybe(isGap),
    behind: maybe(isRecordOf(isObjectWith({ t: isInstant, gap: maybe(isGap) }))),
    round: maybe(isObjectWith({ since: isInstant, next: isAppId })),
  },
  /^checkpoint:[a-z0-9-]+$/,
);
