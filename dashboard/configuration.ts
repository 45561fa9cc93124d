import { isJsonObject } from '../src/core/json-fields.ts';

/** Where the ledger is. The action `dashboard` writes it into the page. */
export interface Configuration {
  /** Without a slash at its end; absent if the deployment has no DASHBOARD_COUCHDB_URL. */
  readonly storeUrl?: string;
  readonly database: string;
}

/** Reads the configuration that stands in the page. @throws Error if it is not there: then this is not our page. */
export function readConfiguration(page: Document): Configuration {
  const value: unknown = JSON.parse(page.getElementById('configuration')?.textContent ?? 'null');
  if (!isJsonObject(value) || typeof value['database'] !== 'string') throw new Error('The page has no configuration.');
  const { storeUrl, database } = value;
  return typeof storeUrl === 'string' ? { storeUrl, database } : { database };
}
