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
import type { StoredAs } from '../stored-as.ts';

/**
 * Where to go on with Qlik's list of ended reloads, if one sweep had no time to read it completely. The sweep (it runs
 * every 5 minutes) reads the list to find the ends that no webhook reported.
 */
export interface CheckpointGap {
  /** Once the list is read completely, every end until this instant of Qlik's clock is known. */
  readonly head: EpochMs;
  /** How the list is sorted: the latest end first, or the latest creation first. */
  readonly by: 'end' | 'creation';
  /** Qlik's cursor of the next page; absent if the list begins anew. */
  readonly next?: string;
  /** The earliest end that was read. In a list sorted by end, the next ends are not later. */
  readonly reached?: EpochMs;
}

/** An app whose ends are not known as far as those of the others, because its list failed or is long. */
export interface BehindApp {
  /** The latest end up to which the sweep has seen all ends of the app, by Qlik's clock. */
  readonly t: EpochMs;
  readonly gap?: CheckpointGap;
}

/**
 * `checkpoint:<tenant>`: up to which end the sweep has seen all ends in a tenant (except those of the apps in
 * `behind`). The next sweep reads Qlik's list back to this end, and 15 minutes further. Of the ends that Cascade did
 * not know, it creates events. If CouchDB refuses an event for good, the checkpoint is written without it.
 *
 * Invariant: it is written after the events up to it are stored. It moves only forward, and is written only if it
 * moved.
 */
export interface CheckpointDocument extends StoredAs<'checkpoint'> {
  /** The latest end seen, by Qlik's clock. At first it is the time of the first sweep. */
  readonly t: EpochMs;
  /** When the first checkpoint was written, by Qlik's clock. Earlier ends start nothing. */
  readonly from: EpochMs;
  /**
   * The tenant's apps that were in the chains when the checkpoint was last written, sorted. An app of the present
   * chains that is not here came with a later deployment.
   */
  readonly apps: readonly AppId[];
  /**
   * For each app that came later than `from`: when it came, by Qlik's clock. Its earlier ends start nothing. An app is
   * taken out of here once the lists no longer go back that far.
   */
  readonly fresh?: Readonly<Record<AppId, EpochMs>>;
  readonly gap?: CheckpointGap;
  /** Only if the credential cannot list all apps at once: the apps that are behind the others. */
  readonly behind?: Readonly<Record<AppId, BehindApp>>;
  /** Only if the time ran out while the apps were listed one after another: when that began, and the next app. */
  readonly round?: { readonly since: EpochMs; readonly next: AppId };
  /**
   * Which database this was written in (`CouchPort.identity()`). If it is read in another one, such as a restored
   * backup, the sweep stops with an alert.
   */
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
