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

/** The rest of a list that could not be read to its end in one sweep. */
export interface CheckpointGap {
  /** Once the list is read to its end, every end until this instant of Qlik's clock is known. */
  readonly head: EpochMs;
  /** How the list is sorted: the latest end first, or the latest creation first. */
  readonly by: 'end' | 'creation';
  /** Qlik's cursor of the next page; absent if the list begins anew. */
  readonly next?: string;
  /** The earliest end that was read. If the list is sorted by end, the next ones are not later. */
  readonly reached?: EpochMs;
}

/** An app that is behind the others, because its list failed or is long. */
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
  /** The latest end seen, by Qlik's clock. */
  readonly t: EpochMs;
  /** When the first checkpoint was written, by Qlik's clock. Earlier ends are history and start nothing. */
  readonly from: EpochMs;
  /** The tenant's compiled apps, sorted. A compiled app that is not among them came with a later deployment. */
  readonly apps: readonly AppId[];
  /** When each later app came, by Qlik's clock: its earlier ends are history. An app leaves the list once `t` is past it. */
  readonly fresh?: Readonly<Record<AppId, EpochMs>>;
  readonly gap?: CheckpointGap;
  /** The apps that are behind, if the credential may only list app by app. */
  readonly behind?: Readonly<Record<AppId, BehindApp>>;
  /** A round over the apps that ran out of time: when it began, and the next app. */
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
