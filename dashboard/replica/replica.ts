import type { ReadonlySignal } from '@preact/signals';
import type { EpochMs } from '../../src/core/units.ts';
import type { RawDocument } from '../model/documents.ts';
import type { AccountProblem } from '../model/notices.ts';

/** How up to date the page is, compared with the store (the ledger's CouchDB). The page's header says it. */
export type SyncState =
  /** The page reads what the device has. */
  | { readonly kind: 'opening' }
  /**
   * The page reads from the store what the device does not have yet, the newest first. `part`, from 0 to 1, says how
   * much of the last 14 days is there.
   */
  | { readonly kind: 'loading'; readonly part: number }
  /** A change in the store reaches the page as it happens. */
  | { readonly kind: 'live' }
  /**
   * The store gives no answer, or answers with an error that may pass. The page shows what the device has, and tries
   * again. `asOf` says when the store last answered; it is absent if it never did.
   */
  | { readonly kind: 'offline'; readonly asOf?: EpochMs }
  /**
   * The store no longer takes the account, or no longer has the database. The page tries again, unless the password is
   * wrong: CouchDB locks an account after several failed logins.
   */
  | { readonly kind: 'refused'; readonly account: AccountProblem }
  /** The device does not store the documents: mostly because its disk is full. The page tries again. */
  | { readonly kind: 'failed' };

/** Receives documents as they come: from the device and from the store, new, changed or deleted ones. */
export type OnDocuments = (documents: readonly RawDocument[]) => void;

/**
 * Keeps a copy of the ledger (Cascade's memory) on this device: the reloads of the last 14 days, and the state of
 * everything else. So the page opens quickly, works without network, and learns of changes.
 */
export interface Replica {
  /** How up to date the page is. A view that reads it is painted again when it changes. */
  readonly sync: ReadonlySignal<SyncState>;
  /**
   * Reads what the device has. When it returns, at least the newest documents on the device are known. Others may come
   * a little later.
   */
  open(): Promise<void>;
  /**
   * Brings the device up to date, and then takes each change until `close` or `destroy`. A first load that was
   * interrupted goes on where it was in the history.
   */
  follow(): void;
  /** Stops following. The documents stay on the device. */
  close(): Promise<void>;
  /** Removes the documents from the device. */
  destroy(): Promise<void>;
}
