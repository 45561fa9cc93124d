import { isJsonObject } from '../src/core/json-fields.ts';
import type { Configuration } from './configuration.ts';

/**
 * Reads the page's configuration, which the action `dashboard` has written into the HTML as JSON: where the CouchDB of
 * the ledger (Cascade's memory) is, and which build this is.
 *
 * @throws Error if the page has none. Then the action `dashboard` did not serve it.
 */
export function readConfiguration(page: Document): Configuration {
  const value: unknown = JSON.parse(page.getElementById('configuration')?.textContent ?? 'null');
  if (!isJsonObject(value) || typeof value['database'] !== 'string') throw new Error('The page has no configuration.');
  const { storeUrl, database, build } = value;
  const known = { database, build: String(build) };
  return typeof storeUrl === 'string' ? { storeUrl, ...known } : known;
}
