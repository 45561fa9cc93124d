import type { EpochMs } from '../../src/core/units.ts';
import type { RawDocument } from '../model/documents.ts';
import type { Sequence } from './changes.ts';
import type { Reached } from './first-load.ts';
import { getOr, type LocalDatabase, type LocalDocument, putLocal, storeOnDevice } from './local-database.ts';

/**
 * The name of the document (`_local/<name>`) in which the device notes its place. The name changes if the page shows a
 * further type of documents: what the device has lacks them, so it loads everything once more.
 */
const PLACE = 'cascade-place-2';
/**
 * PouchDB needs about a millisecond for each document. So many documents at once are first stored as one text, which
 * takes a few milliseconds, and become PouchDB's documents when nothing else is left to do.
 */
const MANY = 100;
/** The name of the document (`_local/<name>`) that has the text with this number. */
const textName = (number: number): string => `cascade-text-${number}`;

/** How far the device has come with what is in the store. This is a document that only the device has. */
export interface DevicePlace {
  /** The history on the device begins here. */
  readonly since: EpochMs;
  /**
   * The store's number of a change: the device has all changes up to it. During a first load, it may have newer ones,
   * too.
   */
  readonly from: Sequence;
  /** When the store had last answered before the device noted this. */
  readonly asOf: EpochMs;
  /**
   * When the store's database was created, as the store says it. If the store says something else now, the device has
   * documents of a ledger that is gone.
   */
  readonly life?: unknown;
  /** How far the first load has come; absent once it is done. */
  readonly reached?: Reached;
  /** The numbers of the texts with documents that are not PouchDB's yet, the oldest first. The queue sets them. */
  readonly texts?: readonly number[];
}

/** Where the device is; undefined if it has nothing yet. */
export const placeOn = async (local: LocalDatabase): Promise<DevicePlace | undefined> =>
  (await getOr(local, `_local/${PLACE}`)) as unknown as DevicePlace | undefined;

/**
 * The documents that the device has only as texts, the oldest first. Another tab may turn a text into PouchDB's
 * documents at any time. So read these first and PouchDB's then, and show these last.
 */
export async function documentsInTexts(
  local: LocalDatabase,
  numbers: readonly number[] = [],
): Promise<readonly RawDocument[]> {
  const documents: RawDocument[] = [];
  for (const number of numbers) {
    const text = await getOr(local, `_local/${textName(number)}`);
    if (text !== undefined) documents.push(...(JSON.parse(String(text['text'])) as RawDocument[]));
  }
  return documents;
}

/**
 * The writes to the device, one after another. The page shows documents at once, and does not wait for the device,
 * which may take a millisecond for each document. Many documents are stored as a text first, so that little is lost if
 * the tab is closed.
 */
export interface DeviceQueue {
  /** Stores documents after what was added before. Then the device is at `place`. */
  add(documents: readonly RawDocument[], place: DevicePlace): void;
  /** Waits for other work. @throws what the device threw, if a write has failed before the work is done. */
  unlessFailed<T>(work: Promise<T>): Promise<T>;
  /** Waits until nothing is left to store, and no text is left. @throws what the device threw. */
  stored(): Promise<void>;
  /** Whether all that was added is on the device, as PouchDB's documents. */
  isDone(): boolean;
  /** Whether something was added while another tab was the one that stores. Nobody knows whether that tab stored it. */
  isUnsure(): boolean;
  /**
   * Waits for the writes that are left, and forgets that one failed or that something is unsure. Then it goes on with
   * the texts that an earlier tab has left.
   *
   * @returns where the device is; undefined if it has nothing yet.
   */
  restart(): Promise<DevicePlace | undefined>;
  /** Stores nothing more, except what is being stored now. */
  drop(): void;
}

/**
 * Makes the queue of a database. The replica (the copy of the ledger on this device) uses it.
 *
 * @param mayStore - whether this tab is the one that stores.
 * @param onStored - called when documents are on the device.
 */
export function createDeviceQueue(local: LocalDatabase, mayStore: () => boolean, onStored: () => void): DeviceQueue {
  let storing: Promise<void> = Promise.resolve();
  let added: { readonly documents: readonly RawDocument[]; readonly place: DevicePlace }[] = [];
  let texts: readonly number[] = [];
  let noted: DevicePlace | undefined;
  let isUnsure = false;
  let isDropped = false;
  let failure: { readonly error: unknown } | undefined;
  const note = (): Promise<void> => putLocal(local, PLACE, { ...noted, texts });
  const store = async (documents: readonly RawDocument[], place: DevicePlace): Promise<void> => {
    if (documents.length >= MANY || (documents.length > 0 && texts.length > 0)) {
      const number = (texts.at(-1) ?? 0) + 1;
      await putLocal(local, textName(number), { text: JSON.stringify(documents) });
      texts = [...texts, number];
    } else if (documents.length > 0) await storeOnDevice(local, documents);
    noted = place;
    await note();
    added.shift();
    if (documents.length > 0) onStored();
  };
  /** Turns the oldest text into PouchDB's documents. If the tab is closed meanwhile, the next one does it again. */
  const storeText = async (number: number): Promise<void> => {
    await storeOnDevice(local, (await documentsInTexts(local, [number])) as readonly LocalDocument[]);
    texts = texts.slice(1);
    await note();
    await putLocal(local, textName(number), { _deleted: true });
  };
  const storeAll = async (): Promise<void> => {
    for (;;) {
      const [next] = added;
      const [text] = texts;
      // Once a document may be missing on the device, a later place would hide that.
      isUnsure ||= !mayStore();
      if (isUnsure || isDropped) {
        added = [];
        return;
      }
      if (next !== undefined) await store(next.documents, next.place);
      else if (text !== undefined) await storeText(text);
      else return;
    }
  };
  const begin = (): void => {
    // After a failure, what follows is not stored either.
    storing = storing.then(storeAll);
    // Whoever waits handles the failure. Without this line, the browser would report it before that.
    storing.catch((error: unknown) => {
      failure = { error };
    });
  };
  return {
    add(documents, place) {
      added.push({ documents, place });
      begin();
    },
    async unlessFailed(work) {
      if (failure !== undefined) throw failure.error;
      return Promise.race([storing.then(() => new Promise<never>(() => {})), work]);
    },
    stored: () => storing,
    isDone: () => !isUnsure && added.length === 0 && texts.length === 0,
    isUnsure: () => isUnsure,
    async restart() {
      await storing.catch(() => {});
      storing = Promise.resolve();
      failure = undefined;
      added = [];
      isUnsure = false;
      noted = await placeOn(local);
      texts = noted?.texts ?? [];
      // If another tab stores, its texts come and go. This tab looks again when it is the one that stores.
      begin();
      return noted;
    },
    drop() {
      isDropped = true;
    },
  };
}
