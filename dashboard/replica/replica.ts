import type { ReadonlySignal } from '@preact/signals';
import type { EpochMs } from '../../src/core/units.ts';
import type { RawDocument } from '../model/documents.ts';

/** How the replica stands to the store. */
export type SyncState =
  /** What the device has is being read, the newest first. */
  | { readonly kind: 'opening' }
  /** Documents are being read that the device does not have yet, the newest first. `part`, from 0 to 1, is there. */
  | { readonly kind: 'loading'; readonly part: number }
  /** Every change reaches the page as it happens. */
  | { readonly kind: 'live' }
  /** The store gives no answer. The page shows what the device has, and tries again. `asOf` is absent if it has nothing. */
  | { readonly kind: 'offline'; readonly asOf?: EpochMs }
  /** The store no longer takes the account (401, 403), or no longer has the database (404). */
  | { readonly kind: 'refused'; readonly status: number }
  /** The device does not take the documents. */
  | { readonly kind: 'failed' };

/** Gets documents as they come: from the device, from the store, new or changed. */
export type OnDocuments = (documents: readonly RawDocument[]) => void;

/** The ledger's documents of the last days on this device, and their way from the store. */
export interface Replica {
  readonly sync: ReadonlySignal<SyncState>;
  /** Reads what the device has. The newest is known when it returns, the rest a little later. */
  open(): Promise<void>;
  /** Brings the device up to date, and then follows every change until `close`. It resumes where it last was, also within a first load. */
  follow(): void;
  /** Stops following. The documents stay on the device. */
  close(): Promise<void>;
  /** Removes the documents from the device. */
  destroy(): Promise<void>;
}
