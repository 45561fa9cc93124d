import { isJsonObject } from '../src/core/json-fields.ts';
import type { Configuration } from './configuration.ts';

/** Reads the configuration that stands in the page. @throws Error if it is not there: then this is not our page. */
export function readConfiguration(page: Document): Configuration {
  const value: unknown = JSON.parse(page.getElementById('configuration')?.textContent ?? 'null');
  if (!isJsonObject(value) || typeof value['database'] !== 'string') throw new Error('The page has no configuration.');
  const { storeUrl, database, build } = value;
  const known = { database, build: String(build) };
  return typeof storeUrl === 'string' ? { storeUrl, ...known } : known;
}
