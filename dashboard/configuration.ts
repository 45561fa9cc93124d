/** Where the ledger (Cascade's memory) is: the address of its CouchDB, and the name of its database there. */
export interface StoreAddress {
  /** As browsers reach it, without a slash at its end. Absent if the deployment has no DASHBOARD_COUCHDB_URL. */
  readonly storeUrl?: string;
  readonly database: string;
}

/**
 * What the action `dashboard` writes into the page when it serves it. The page has no other settings: one built page
 * serves all deployments, and these fields tell it where its ledger is.
 */
export interface Configuration extends StoreAddress {
  /**
   * A hash of the page's script. The device keeps what the page knows for a quick opening. The page does not use what
   * other code has kept.
   */
  readonly build: string;
}
