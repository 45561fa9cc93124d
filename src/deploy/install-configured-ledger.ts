import type { Waiting } from '../ledger/install/install-indexes.ts';
import { installLedger } from '../ledger/install-ledger.ts';
import { parseRetention, parseStoreAdminSettings, parseStoreSettings } from '../platform/settings/ledger-settings.ts';
import { configuredTenants } from './configured-tenants.ts';
import type { Environment } from './environment.ts';

/**
 * Installs the ledger (Cascade's memory in CouchDB) that `env` names. `./build.sh deploy` and `npm start` call this
 * before they deploy the actions, because the actions write into the ledger.
 *
 * @param moved - names of tenants that a person says have moved to another address.
 * @param waiting - gets a message when the wait for an index of a large ledger begins, and can end the wait.
 * @returns what was changed, in words; undefined if COUCHDB_URL is not set: there is no ledger.
 * @throws CascadeError SETTINGS_INVALID, and as `installLedger`.
 */
export async function installConfiguredLedger(
  env: Environment,
  moved: readonly string[] = [],
  waiting?: Waiting,
): Promise<readonly string[] | undefined> {
  const store = parseStoreSettings(env);
  if (store === undefined) return undefined;
  const admin = parseStoreAdminSettings(env) ?? store;
  return installLedger({ store, admin }, { tenants: configuredTenants(env), moved }, parseRetention(env), waiting);
}
