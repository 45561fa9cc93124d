import { purgeDatabase } from '../ledger/retention/purge-database.ts';
import type { Purged } from '../ledger/retention/purge-ledger.ts';
import { parseRetention, parseStoreAdminSettings, parseStoreSettings } from '../platform/settings/ledger-settings.ts';
import type { Environment } from './environment.ts';

/**
 * Removes old documents from the ledger (Cascade's memory in CouchDB) that `env` names, as `cascade ledger purge` does.
 * `./build.sh deploy` calls it after a deployment, and an `npm start` with a store of its own calls it once a day. So
 * the ledger does not grow for ever.
 *
 * @returns undefined if COUCHDB_URL is not set: there is no ledger.
 * @throws CascadeError SETTINGS_INVALID, and as `purgeDatabase`.
 */
export async function purgeConfiguredLedger(env: Environment, signal: AbortSignal): Promise<Purged | undefined> {
  const store = parseStoreSettings(env);
  if (store === undefined) return undefined;
  return purgeDatabase(parseStoreAdminSettings(env) ?? store, parseRetention(env), signal);
}
