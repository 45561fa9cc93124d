/*
 * The replica is a copy of the ledger (Cascade's memory) on this device: the reloads of the last 14 days, and the state
 * of everything else. The page shows what is in it, so it opens quickly and works without network. This file keeps the
 * copy in PouchDB, a database in the browser, and brings it up to date from the store (the ledger's CouchDB).
 */

import { type Signal, signal } from '@preact/signals';
import { addMs, type DurationMs, days, type EpochMs } from '../../src/core/units.ts';
import type { StoreAddress } from '../configuration.ts';
import { type RawDocument, typeOf } from '../model/documents.ts';
import type { Login } from '../session/login.ts';
import { changesAfter, type Sequence } from './changes.ts';
import { createDeviceQueue, type DevicePlace, documentsInTexts, placeOn } from './device-queue.ts';
import {
  type Ask,
  askWith,
  type DatabaseState,
  databaseState,
  firstLoad,
  partDone,
  StoreStatus,
} from './first-load.ts';
import { type LocalDatabase, removeFromDevice } from './local-database.ts';
import type { OnDocuments, Replica, SyncState } from './replica.ts';
import type { Knowledge, Summary } from './summary.ts';

/** How much history the device keeps: ends of reloads, and orders (reloads that Cascade owes). */
const KEPT: DurationMs = days(14);
/** History is removed when it is older than `KEPT` by this. So it happens about once a day, and not all the time. */
const TOO_OLD: DurationMs = days(1);
/** How many documents are read from the device in one step. */
const READ_AT_ONCE = 2_000;
/** How long to wait after an error before the store is asked again: 1 s, then twice as long each time, up to 30 s. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** How long after a change the page writes the summary (see `summary.ts`), so that many changes are one write. */
const SETTLED_MS = 10_000;
/**
 * If nothing changes, the device notes after this time that it is up to date. So the page can say without network as of
 * when its documents are.
 */
const NOTED_MS = 60_000;

/** What the replica works with. `openDesk` puts it together. */
export interface PouchReplicaOptions {
  readonly local: LocalDatabase;
  readonly configuration: StoreAddress;
  readonly login: Login;
  readonly onDocuments: OnDocuments;
  /** What the page knew when it was open before, for a quick opening. */
  readonly summary: Summary;
  readonly knowledge: Pick<Knowledge, 'forget'>;
  readonly now: () => EpochMs;
  /**
   * Whether the store has refused the password. The replica sets it, too. Then it asks no more, because CouchDB locks
   * an account after several failed logins.
   */
  readonly isWrong: Signal<boolean>;
  /**
   * Whether this tab may store documents. PouchDB counts changes in each tab by itself, so two tabs must not write at
   * once.
   */
  readonly mayStore: () => boolean;
  /**
   * Called if the store's database was created anew. What the page shows is gone, so the page has to be opened again.
   */
  readonly onReplaced: () => void;
}

/**
 * Makes the replica of one account in the browser's IndexedDB, by PouchDB. `openDesk` calls it when a person signs in.
 */
export function createReplica(options: PouchReplicaOptions): Replica {
  const { local, configuration, login, onDocuments, summary, knowledge, now, isWrong, mayStore, onReplaced } = options;
  const { storeUrl = '', database } = configuration;
  const stop = new AbortController();
  const askStore = askWith(`${storeUrl}/${encodeURIComponent(database)}`, login, stop.signal);
  const ask: Ask = async (...given) => {
    if (isWrong.value) throw new StoreStatus(401, given[0], 'wrong');
    return askStore(...given);
  };
  const sync = signal<SyncState>({ kind: 'opening' });

  /** When the store gave what the page shows now. */
  let shownAsOf: EpochMs | undefined;
  /** Whether the page and the device know the same documents, so that a summary would be complete. */
  const isQuiet = (): boolean => device.isDone() && !device.isUnsure() && mayStore() && sync.value.kind === 'live';
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Writes the summary in 10 s. If it cannot be complete then, it tries again. */
  const writeSoon = (): void => {
    timer ??= setTimeout(async () => {
      timer = undefined;
      const isWritten = await summary.write(isQuiet);
      if (!isWritten && !stop.signal.aborted) writeSoon();
    }, SETTLED_MS);
  };
  const device = createDeviceQueue(local, mayStore, writeSoon);
  /** Shows documents at once, and has them stored. The device then is at `place`. */
  const take = (documents: readonly RawDocument[], place: DevicePlace): void => {
    if (documents.length > 0) onDocuments(documents);
    shownAsOf = place.asOf;
    device.add(documents, place);
  };

  /** Does the first load, or what is left of it: see `firstLoad`. @returns how far the device then is. */
  const load = async (begun: DevicePlace): Promise<DevicePlace> => {
    const { reached: before, ...place } = begun;
    for await (const { documents, reached } of firstLoad(ask, place.since, before)) {
      sync.value = { kind: 'loading', part: partDone(reached, place.since, now()) };
      take(documents, { ...place, asOf: now(), reached });
      await device.unlessFailed(Promise.resolve());
    }
    const loaded = { ...place, asOf: now() };
    take([], loaded);
    return loaded;
  };

  /**
   * Drops history that is too old from the page and from the device.
   *
   * @returns the place, with the new beginning of the history.
   */
  const forgetOld = async (place: DevicePlace): Promise<DevicePlace> => {
    const since = addMs(now(), -KEPT as DurationMs);
    const ids = knowledge.forget(since);
    await device.stored();
    if (mayStore()) await removeFromDevice(local, ids);
    const left = { ...place, since };
    take([], left);
    writeSoon();
    return left;
  };

  /**
   * Takes what has changed since `loaded`, and then each change as it comes. It ends with an error if the store or the
   * device fails. It returns when the page closes, or when the storing tab was closed and this tab takes its place.
   */
  const followFrom = async (loaded: DevicePlace, onAnswer: () => void): Promise<void> => {
    let place = loaded;
    for (let isPatient = false; !(stop.signal.aborted || (device.isUnsure() && mayStore())); ) {
      const asked = changesAfter(ask, place.from, place.since, isPatient);
      const { documents, until, isFull } = await device.unlessFailed(asked);
      onAnswer();
      if (now() - place.since >= KEPT + TOO_OLD) place = await forgetOld(place);
      if (documents.length > 0 || now() - place.asOf >= NOTED_MS) {
        place = { ...place, from: until, asOf: now() };
        take(documents, place);
      }
      isPatient = !isFull;
      if (isPatient && sync.value.kind !== 'live') sync.value = { kind: 'live' };
    }
  };

  const follow = async (): Promise<void> => {
    await deviceRead;
    for (let pause = FIRST_PAUSE_MS; !stop.signal.aborted; ) {
      try {
        const noted = await device.restart();
        // Another tab may have stored something since this one read the device. This tab gets it from the store.
        const stored = atOpening === undefined ? noted : atOpening.place;
        atOpening = undefined;
        shownAsOf ??= stored?.asOf;
        // If the device's clock was days ahead, the page removed history that the device should have, or did not load
        // it. Now it loads everything anew.
        const usable = stored !== undefined && stored.since <= now() - KEPT + TOO_OLD ? stored : undefined;
        const state = await databaseState(ask);
        if (stored?.life !== undefined && stored.life !== state.life) return await replace();
        const place = usable === undefined ? newPlace(state, now()) : { ...usable, life: state.life };
        await followFrom(usable !== undefined && usable.reached === undefined ? place : await load(place), () => {
          pause = FIRST_PAUSE_MS;
        });
      } catch (error) {
        if (stop.signal.aborted) return;
        sync.value = stateAfter(error, shownAsOf);
        isWrong.value ||= error instanceof StoreStatus && error.account === 'wrong';
        if (isWrong.value) return;
        await pauseFor(pause, stop.signal);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      }
    }
  };

  /** Where the device was when the page read it; undefined once the page has gone on from there. */
  let atOpening: { readonly place: DevicePlace | undefined } | undefined;
  /** Fulfilled when the page knows all that is on the device. */
  let deviceRead: Promise<void> = Promise.resolve();
  const end = async (): Promise<void> => {
    clearTimeout(timer);
    stop.abort();
    await device.stored().catch(() => {});
  };

  const destroy = async (): Promise<void> => {
    device.drop();
    await end();
    await local.destroy();
  };
  /** Removes what the device has of a ledger that is gone, and has the page opened again. */
  const replace = async (): Promise<void> => {
    if (mayStore()) await destroy();
    // Another tab stores, and so removes it. This one is opened again after 30 s.
    else await pauseFor(LONGEST_PAUSE_MS, stop.signal);
    onReplaced();
  };

  return {
    sync,
    async open() {
      const place = await placeOn(local);
      atOpening = { place };
      const inTexts = await documentsInTexts(local, place?.texts);
      const opened = await summary.open().catch(() => undefined);
      if (opened === undefined) {
        await readAll(local, onDocuments);
        return onDocuments(inTexts);
      }
      deviceRead = opened
        .rest()
        .then((seq) => readChanges(local, seq, onDocuments))
        .catch(() => readAll(local, onDocuments))
        .then(() => onDocuments(inTexts));
    },
    follow: () => void follow(),
    async close() {
      await end();
      await summary.write(isQuiet);
      await local.close();
    },
    destroy,
  };
}

/** Where a device begins that has nothing yet. */
const newPlace = ({ last, life }: DatabaseState, now: EpochMs): DevicePlace => ({
  since: addMs(now, -KEPT as DurationMs),
  from: last,
  asOf: now,
  life,
});

/** Reads all documents on the device that the page knows how to read, in steps. */
async function readAll(local: LocalDatabase, onDocuments: OnDocuments): Promise<void> {
  for (let after: string | undefined; ; ) {
    const { rows } = await local.allDocs({
      include_docs: true,
      limit: READ_AT_ONCE,
      ...(after !== undefined && { startkey: after, skip: 1 }),
    });
    onDocuments(rows.flatMap(({ doc }) => (doc && typeOf(doc._id) !== undefined ? [doc as RawDocument] : [])));
    after = rows.at(-1)?.id;
    if (rows.length < READ_AT_ONCE) return;
  }
}

/**
 * Reads the documents that have changed on the device after its change with this number: the summary does not have
 * them.
 */
async function readChanges(local: LocalDatabase, since: Sequence, onDocuments: OnDocuments): Promise<void> {
  const { results } = await local.changes({ since, include_docs: true });
  const documents = results.flatMap(({ doc }) => (doc && typeOf(doc._id) !== undefined ? [doc as RawDocument] : []));
  if (documents.length > 0) onDocuments(documents);
}

function stateAfter(error: unknown, asOf: EpochMs | undefined): SyncState {
  if (error instanceof StoreStatus && error.account !== undefined) return { kind: 'refused', account: error.account };
  if (isOfDevice(error)) return { kind: 'failed' };
  return { kind: 'offline', ...(asOf !== undefined && { asOf }) };
}

/**
 * Whether it was the device that failed, and not the store. PouchDB's errors have a numeric status, as CouchDB's
 * answers have; those are `StoreStatus` here. An `AbortError` means that the page stopped a request.
 */
const isOfDevice = (error: unknown): boolean =>
  (error instanceof DOMException && error.name !== 'AbortError') ||
  (!(error instanceof StoreStatus) && typeof (error as { status?: unknown }).status === 'number');

const pauseFor = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
