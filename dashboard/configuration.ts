/** Where the ledger is. The action `dashboard` writes it into the page. */
export interface Configuration {
  /** Without a slash at its end; absent if the deployment has no DASHBOARD_COUCHDB_URL. */
  readonly storeUrl?: string;
  readonly database: string;
}
