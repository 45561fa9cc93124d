import { type DefinitionKeeper, definitionKeeper } from '../ledger/definition-keeper.ts';
import { parseStoreAdminSettings, parseStoreSettings } from '../platform/settings/ledger-settings.ts';
import type { Environment } from './environment.ts';

/**
 * Opens the keeper of definitions in the ledger (Cascade's memory in CouchDB) that `env` names. A definition is the
 * compiled chains of one deployment. Deployment stores it in the ledger, so that `cascade why` can say later which
 * rules decided.
 *
 * @returns undefined if COUCHDB_URL is not set: there is no ledger.
 * @throws CascadeError SETTINGS_INVALID.
 */
export function configuredDefinitions(env: Environment): DefinitionKeeper | undefined {
  const store = parseStoreSettings(env);
  return store === undefined ? undefined : definitionKeeper(parseStoreAdminSettings(env) ?? store);
}
