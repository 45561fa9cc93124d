import { signal } from '@preact/signals';
import { addMs, type DurationMs, days, type EpochMs } from '../../src/core/units.ts';
import type { Configuration } from '../configuration.ts';
import { type RawDocument, typeOf } from '../model/documents.ts';
import type { Login } from '../session/login.ts';
import {
  type Ask,
  askWith,
  firstLoad,
  lastSequence,
  partDone,
  type Reached,
  StoreStatus,
  selectorSince,
} from './first-load.ts';
import { getOr, type LocalDatabase, putLocal, type Replication, type ReplicationError } from './local-database.ts';
import type { OnDocuments, Replica, SyncState } from './replica.ts';

/** How much history the device keeps. */
const KEPT: DurationMs = days(14);
const READ_AT_ONCE = 2_000;
const BATCH = 500;
/** How long to wait before the store is asked again that gave no answer: twice as long each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Where the device stands: a document of the device alone. */
const PLACE = 'cascade-place';
interface Place {
  /** The history on the device begins here. */
  readonly since: EpochMs;
  /** The store's number of the first change that was not in the first load. */
  readonly from: number | string;
  /** When the store last answered. */
  readonly asOf: EpochMs;
  /** How far the first load has come; absent once it is done. */
  readonly reached?: Reached;
}

export interface PouchReplicaOptions {
  readonly local: LocalDatabase;
  /** Makes the store's database as PouchDB sees it. */
  readonly openRemote: (url: string, login: Login) => unknown;
  readonly configuration: Configuration;
  readonly login: Login;
  readonly onDocuments: OnDocuments;
  readonly now: () => EpochMs;
}

/** A replica in the browser's IndexedDB, by PouchDB. Each account on a device has its own. */
export function createReplica({
  local,
  openRemote,
  configuration,
  login,
  onDocuments,
  now,
}: PouchReplicaOptions): Replica {
  const { storeUrl = '', database } = configuration;
  const databaseUrl = `${storeUrl}/${encodeURIComponent(database)}`;
  const sync = signal<SyncState>({ kind: 'loading', part: 0 });
  const stop = new AbortController();
  let pull: Replication | undefined;

  /** Brings the device what it does not have yet, and notes after each page how far it came. */
  const load = async (known: Place | undefined): Promise<Place> => {
    const ask = askWith(databaseUrl, login, stop.signal);
    let place = known ?? (await newPlace(ask, now()));
    const store = async (documents: readonly RawDocument[], reached: Reached): Promise<void> => {
      if (documents.length > 0) await local.bulkDocs(documents, { new_edits: false });
      place = { ...place, asOf: now(), reached };
      await putLocal(local, PLACE, place);
    };
    let storing: Promise<void> = Promise.resolve();
    try {
      for await (const { documents, reached } of firstLoad(ask, place.since, known?.reached)) {
        onDocuments(documents);
        sync.value = { kind: 'loading', part: partDone(reached, place.since, now()) };
        // One page is stored while the next one is on its way.
        await storing;
        storing = store(documents, reached);
        // Whoever waits for it next meets a failure. Until then, nobody handles it.
        storing.catch(() => {});
      }
    } finally {
      await storing;
    }
    const { reached: _, ...loaded } = place;
    await putLocal(local, PLACE, loaded);
    return loaded;
  };

  /** Writes down that the device was up to date now, at most once a minute. */
  let notedAt = 0;
  const noteLive = (place: Place): void => {
    if (sync.value.kind !== 'live') sync.value = { kind: 'live' };
    if (now() - notedAt < 60_000) return;
    notedAt = now();
    putLocal(local, PLACE, { ...place, asOf: notedAt }).catch(() => {});
  };

  const replicate = (place: Place): void => {
    pull = local.replicate
      .from(openRemote(databaseUrl, login), {
        live: true,
        retry: true,
        // Checkpoints stay on the device: who only reads may write none on the store.
        checkpoint: 'target',
        batch_size: BATCH,
        selector: selectorSince(place.since),
        since: place.from,
        back_off_function: (pause) => Math.min(Math.max(FIRST_PAUSE_MS, pause * 2), LONGEST_PAUSE_MS),
      })
      .on('change', ({ docs, last_seq: from }) => {
        onDocuments(docs as readonly RawDocument[]);
        notedAt = 0;
        Object.assign(place, { from });
        noteLive(place);
      })
      .on('active', () => noteLive(place))
      .on('paused', (error) => {
        if (error === undefined) noteLive(place);
        else sync.value = stateAfter(error, place.asOf);
      })
      .on('error', (error) => {
        sync.value = stateAfter(error, place.asOf);
      });
    // The listener of `error` has said it. Without this, the browser would report a rejection that nobody handles.
    pull.catch(() => {});
  };

  const follow = async (): Promise<void> => {
    for (let pause = FIRST_PAUSE_MS; !stop.signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const known = (await getOr(local, `_local/${PLACE}`)) as unknown as Place | undefined;
      try {
        replicate(known !== undefined && known.reached === undefined ? { ...known } : await load(known));
        return;
      } catch (error) {
        if (stop.signal.aborted) return;
        sync.value = stateAfter(error, known?.asOf);
        if (sync.value.kind !== 'offline') return;
        await pauseFor(pause, stop.signal);
      }
    }
  };

  return {
    sync,
    open: () => readAll(local, onDocuments),
    follow: () => void follow(),
    async close() {
      stop.abort();
      pull?.cancel();
      await local.close();
    },
    async destroy() {
      stop.abort();
      pull?.cancel();
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

function stateAfter(error: unknown, asOf: EpochMs | undefined): SyncState {
  const status = error instanceof StoreStatus ? error.status : (error as ReplicationError).status;
  if (status === 401 || status === 403) return { kind: 'refused', status };
  if (isOfDevice(error)) return { kind: 'failed' };
  return { kind: 'offline', ...(asOf !== undefined && { asOf }) };
}

/** Whether the device did not take a document. PouchDB says no more than that its transaction was aborted. */
const isOfDevice = (error: unknown): boolean =>
  (error instanceof DOMException && error.name !== 'AbortError') ||
  (error as ReplicationError).reason === 'transaction was aborted';

const pauseFor = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
