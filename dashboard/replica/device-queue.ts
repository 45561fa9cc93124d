import type { EpochMs } from '../../src/core/units.ts';
import type { RawDocument } from '../model/documents.ts';
import type { Sequence } from './changes.ts';
import type { Reached } from './first-load.ts';
import { type LocalDatabase, putLocal, storeOnDevice } from './local-database.ts';

/**
 * The name of the document (`_local/<name>`) in which the device notes its place. The name changes if the page shows a
 * further type of documents: what the device has lacks them, so it loads everything once more.
 */
export const PLACE = 'cascade-place-2';

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
}

/**
 * The writes to the device, one after another. The page shows documents at once, and does not wait for the device,
 * which may take a millisecond for each document.
 */
export interface DeviceQueue {
  /** Stores documents after what was added before. Then the device is at `place`. */
  add(documents: readonly RawDocument[], place: DevicePlace): void;
  /** Waits for other work. @throws what the device threw, if a write has failed before the work is done. */
  unlessFailed<T>(work: Promise<T>): Promise<T>;
  /** Waits until nothing is left to store. @throws what the device threw. */
  stored(): Promise<void>;
  /** Whether all that was added is on the device. */
  isDone(): boolean;
  /** Whether something was added while another tab was the one that stores. Nobody knows whether that tab stored it. */
  isUnsure(): boolean;
  /** Waits for the writes that are left, and forgets that one failed or that something is unsure. */
  restart(): Promise<void>;
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
  let left = 0;
  let isUnsure = false;
  let isDropped = false;
  let failure: { readonly error: unknown } | undefined;
  const store = async (documents: readonly RawDocument[], place: DevicePlace): Promise<void> => {
    // Once a document may be missing on the device, a later place would hide that.
    isUnsure ||= !mayStore();
    if (isUnsure || isDropped) return;
    await storeOnDevice(local, documents);
    await putLocal(local, PLACE, place);
    left -= 1;
    if (documents.length > 0) onStored();
  };
  return {
    add(documents, place) {
      left += 1;
      // After a failure, what follows is not stored either.
      storing = storing.then(() => store(documents, place));
      // Whoever waits handles the failure. Without this line, the browser would report it before that.
      storing.catch((error: unknown) => {
        failure = { error };
      });
    },
    async unlessFailed(work) {
      if (failure !== undefined) throw failure.error;
      return Promise.race([storing.then(() => new Promise<never>(() => {})), work]);
    },
    stored: () => storing,
    isDone: () => left === 0,
    isUnsure: () => isUnsure,
    async restart() {
      await storing.catch(() => {});
      storing = Promise.resolve();
      failure = undefined;
      left = 0;
      isUnsure = false;
    },
    drop() {
      isDropped = true;
    },
  };
}
