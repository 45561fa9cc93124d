import { signal } from '@preact/signals';
import { addMs, type DurationMs, days, type EpochMs } from '../../src/core/units.ts';
import type { StoreAddress } from '../configuration.ts';
import { type RawDocument, typeOf } from '../model/documents.ts';
import type { Login } from '../session/login.ts';
import { changesAfter, type Sequence } from './changes.ts';
import { type Ask, askWith, firstLoad, lastSequence, partDone, type Reached, StoreStatus } from './first-load.ts';
import { getOr, type LocalDatabase, putLocal, removeFromDevice, storeOnDevice } from './local-database.ts';
import type { OnDocuments, Replica, SyncState } from './replica.ts';
import type { Knowledge, Summary } from './summary.ts';

/** How much history the device keeps. */
const KEPT: DurationMs = days(14);
/** What has become older is removed once a day. */
const TOO_OLD: DurationMs = days(1);
const READ_AT_ONCE = 2_000;
/** How long to wait before the store is asked again that gave no answer: twice as long each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** So long after a change the summary is written. */
const SETTLED_MS = 10_000;
/** So often the device notes at least that it is up to date, if nothing changes. */
const NOTED_MS = 60_000;

/** Where the device stands: a document of the device alone. */
const PLACE = 'cascade-place';
interface Place {
  /** The history on the device begins here. */
  readonly since: EpochMs;
  /** The store's number of a change: every change up to it is on the device. During a first load, what it brings may be newer. */
  readonly from: Sequence;
  /** When the store last answered. */
  readonly asOf: EpochMs;
  /** How far the first load has come; absent once it is done. */
  readonly reached?: Reached;
}

export interface PouchReplicaOptions {
  readonly local: LocalDatabase;
  readonly configuration: StoreAddress;
  readonly login: Login;
  readonly onDocuments: OnDocuments;
  /** What an earlier page knew. */
  readonly summary: Summary;
  readonly knowledge: Pick<Knowledge, 'forget'>;
  readonly now: () => EpochMs;
  /** Whether this tab stores documents. PouchDB's adapter counts changes in each tab, so two tabs must not write at once. */
  readonly mayStore: () => boolean;
}

/** A replica in the browser's IndexedDB, by PouchDB. Each account on a device has its own. */
export function createReplica(options: PouchReplicaOptions): Replica {
  const { local, configuration, login, onDocuments, summary, knowledge, now, mayStore } = options;
  const { storeUrl = '', database } = configuration;
  const stop = new AbortController();
  const ask = askWith(`${storeUrl}/${encodeURIComponent(database)}`, login, stop.signal);
  const sync = signal<SyncState>({ kind: 'opening' });

  /** What is being stored on the device. The next documents are on their way meanwhile. */
  let storing: Promise<unknown> = Promise.resolve();
  let unstored = 0;
  /** Whether the page knows every document that is on the device. */
  const isQuiet = (): boolean => unstored === 0 && !isUnsure && mayStore() && sync.value.kind === 'live';
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Writes the summary a little later, so that many changes are one write. */
  const writeSoon = (): void => {
    timer ??= setTimeout(async () => {
      timer = undefined;
      const isWritten = await summary.write(isQuiet);
      if (!isWritten && !stop.signal.aborted) writeSoon();
    }, SETTLED_MS);
  };
  /** Whether another tab was to store something that this one has shown. Nobody knows whether it did. */
  let isUnsure = false;
  /** Shows documents at once, and stores them. Then the device is at `place`. */
  const take = async (documents: readonly RawDocument[], place: Place): Promise<void> => {
    if (documents.length > 0) onDocuments(documents);
    unstored += 1;
    await storing;
    if (!mayStore()) {
      isUnsure = true;
      return;
    }
    storing = storeOnDevice(local, documents).then(async () => {
      await putLocal(local, PLACE, place);
      unstored -= 1;
      if (documents.length > 0) writeSoon();
    });
    // Whoever waits for it next meets a failure. Until then, nobody handles it.
    storing.catch(() => {});
  };

  /** Brings the device what it does not have yet, the newest first. @returns where the device then is. */
  const load = async (known: Place | undefined): Promise<Place> => {
    const { since, from } = known ?? (await newPlace(ask, now()));
    for await (const { documents, reached } of firstLoad(ask, since, known?.reached)) {
      sync.value = { kind: 'loading', part: partDone(reached, since, now()) };
      await take(documents, { since, from, asOf: now(), reached });
    }
    const loaded = { since, from, asOf: now() };
    await take([], loaded);
    return loaded;
  };

  /** Drops what has become too old, from the page and from the device. @returns the place with what is left. */
  const forgetOld = async (place: Place): Promise<Place> => {
    const since = addMs(now(), -KEPT as DurationMs);
    const ids = knowledge.forget(since);
    await storing;
    if (mayStore()) await removeFromDevice(local, ids);
    const left = { ...place, since };
    await take([], left);
    writeSoon();
    return left;
  };

  /**
   * Takes what has changed since, and then each change as it happens, until the store fails, the page stops it, or this tab has
   * to store in another one's place.
   */
  const followFrom = async (known: Place, onAnswer: () => void): Promise<void> => {
    let place = known;
    for (let isPatient = false; !(stop.signal.aborted || (isUnsure && mayStore())); ) {
      const { documents, until, isFull } = await changesAfter(ask, place.from, place.since, isPatient);
      onAnswer();
      if (now() - place.since >= KEPT + TOO_OLD) place = await forgetOld(place);
      if (documents.length > 0 || now() - place.asOf >= NOTED_MS) {
        place = { ...place, from: until, asOf: now() };
        await take(documents, place);
      }
      isPatient = !isFull;
      if (isPatient && sync.value.kind !== 'live') {
        await storing;
        sync.value = { kind: 'live' };
      }
    }
  };

  const follow = async (): Promise<void> => {
    await known;
    for (let pause = FIRST_PAUSE_MS; !stop.signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        isUnsure = false;
        unstored = 0;
        const stored = (await getOr(local, `_local/${PLACE}`)) as unknown as Place | undefined;
        // If the device's clock was days ahead, too much was removed or not loaded: then everything is loaded anew.
        const known = stored !== undefined && stored.since <= now() - KEPT + TOO_OLD ? stored : undefined;
        const isLoaded = known !== undefined && known.reached === undefined;
        await followFrom(isLoaded ? known : await load(known), () => {
          pause = FIRST_PAUSE_MS / 2;
        });
      } catch (error) {
        await storing.catch(() => {});
        if (stop.signal.aborted) return;
        const place = await getOr(local, `_local/${PLACE}`).catch(() => undefined);
        sync.value = stateAfter(error, place?.['asOf'] as EpochMs | undefined);
        await pauseFor(pause, stop.signal);
      }
    }
  };

  /** Everything that is on the device is known when this is done. */
  let known: Promise<void> = Promise.resolve();
  const end = async (): Promise<void> => {
    clearTimeout(timer);
    stop.abort();
    await storing.catch(() => {});
  };

  return {
    sync,
    async open() {
      const opened = await summary.open().catch(() => undefined);
      if (opened === undefined) return readAll(local, onDocuments);
      known = opened
        .rest()
        .then((seq) => readChanges(local, seq, onDocuments))
        .catch(() => readAll(local, onDocuments));
    },
    follow: () => void follow(),
    async close() {
      await end();
      await summary.write(isQuiet);
      await local.close();
    },
    async destroy() {
      await end();
      await local.destroy();
    },
  };
}

/** The place of a device that has nothing yet. */
async function newPlace(ask: Ask, now: EpochMs): Promise<Place> {
  return { since: addMs(now, -KEPT as DurationMs), from: await lastSequence(ask), asOf: now };
}

/** Reads every document of the device that the page shows, in pages. */
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

/** Reads what has changed on the device after its change with this number. */
async function readChanges(local: LocalDatabase, since: Sequence, onDocuments: OnDocuments): Promise<void> {
  const { results } = await local.changes({ since, include_docs: true });
  const documents = results.flatMap(({ doc }) => (doc && typeOf(doc._id) !== undefined ? [doc as RawDocument] : []));
  if (documents.length > 0) onDocuments(documents);
}

/** The password is wrong, the account may not read, or the database is gone: a person has to do something. */
const REFUSALS: readonly number[] = [401, 403, 404];

function stateAfter(error: unknown, asOf: EpochMs | undefined): SyncState {
  if (error instanceof StoreStatus && REFUSALS.includes(error.status)) return { kind: 'refused', status: error.status };
  if (isOfDevice(error)) return { kind: 'failed' };
  return { kind: 'offline', ...(asOf !== undefined && { asOf }) };
}

/** Whether the device did not take a document. PouchDB's errors have a status, as CouchDB's answers have. */
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
