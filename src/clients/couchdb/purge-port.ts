/*
 * What is done stays in the ledger, Cascade's memory in CouchDB, for at least RETENTION_DAYS. `purgeLedger` removes
 * older documents for good, so that the ledger does not grow for ever. This file says what it needs from CouchDB.
 */

/** A document's id, and the rev (CouchDB's name of a version) that was read. */
export interface NamedRev {
  readonly _id: string;
  readonly _rev: string;
}

/** Removing documents for good. Only an administrator of CouchDB may do that (fact db-auth-11). */
export interface PurgePort {
  /**
   * Removes documents. CouchDB keeps no tombstone (its record of a deleted document). A document stays if it now has
   * another rev than the one given, or a conflict (a second rev).
   *
   * @param documents - few, because other requests have to wait meanwhile: `purgeLedger` gives at most
   *   `PURGED_AT_ONCE`.
   * @returns the ids of the documents that were removed.
   * @throws CascadeError STORE_UNAVAILABLE: some may be gone; STORE_REFUSED, for example if this user may not purge.
   */
  purge(documents: readonly NamedRev[]): Promise<readonly string[]>;
  /**
   * Asks CouchDB to free the space of removed documents. CouchDB does it in the background.
   *
   * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
   */
  compact(): Promise<void>;
}

/**
 * How many documents a purge removes in one request at most. The number is small, because a webhook that comes
 * meanwhile has to wait until the request is over.
 */
export const PURGED_AT_ONCE = 10;
