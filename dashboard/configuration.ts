/** Where the ledger is. */
export interface StoreAddress {
  /** Without a slash at its end; absent if the deployment has no DASHBOARD_COUCHDB_URL. */
  readonly storeUrl?: string;
  readonly database: string;
}

/** What the action `dashboard` writes into the page. */
export interface Configuration extends StoreAddress {
  /** Differs between any two versions of the page's code. */
  readonly build: string;
}
