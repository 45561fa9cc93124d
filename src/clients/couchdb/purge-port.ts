/** A document as it was read. */
export interface NamedRev {
  readonly _id: string;
  readonly _rev: string;
}

/** What only an administrator of CouchDB may do with the ledger's database (fact db-auth-11). Each call is one request. */
export interface PurgePort {
  /**
   * Removes documents for good, without a tombstone. A document stays if it has another rev by now, or a conflict.
   *
   * @param documents - at most 100.
   * @returns the ids of those that are gone.
   * @throws CascadeError STORE_UNAVAILABLE: some may be gone; STORE_REFUSED if this user may not purge.
   */
  purge(documents: readonly NamedRev[]): Promise<readonly string[]>;
  /** Asks CouchDB to give the space of removed documents back. CouchDB does it later. @throws CascadeError as `purge`. */
  compact(): Promise<void>;
}

/** So many documents go in one request: a webhook waits for the store until the request is over. */
export const PURGED_AT_ONCE = 25;
