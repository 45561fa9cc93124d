import { type DefinitionKeeper, definitionKeeper } from '../ledger/definition-keeper.ts';
import { parseStoreAdminSettings, parseStoreSettings } from '../platform/settings/ledger-settings.ts';
import type { Environment } from './environment.ts';

/**
 * The keeper of the definitions in the ledger that `env` names.
 *
 * @returns undefined if COUCHDB_URL is not set: there is no ledger.
 * @throws CascadeError SETTINGS_INVALID.
 */
export function configuredDefinitions(env: Environment): DefinitionKeeper | undefined {
  const store = parseStoreSettings(env);
  return store === undefined ? undefined : definitionKeeper(parseStoreAdminSettings(env) ?? store);
}
