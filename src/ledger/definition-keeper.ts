import type { CouchDatabase } from '../clients/couchdb/couch-database.ts';
import { httpCouchdb } from '../clients/couchdb/http-couchdb.ts';
import type { CompiledChains } from '../core/link.ts';
import { seconds } from '../core/units.ts';
import { noteDeployed } from './note-deployed.ts';
import { storeDefinition } from './store-definition.ts';

/** Writes into a ledger (Cascade's memory) which chains are deployed. A deployment's compiled chains are its definition. */
export interface DefinitionKeeper {
  /** See `storeDefinition`. */
  store(chains: CompiledChains): Promise<string>;
  /** See `noteDeployed`. */
  noteDeployed(hash: string): Promise<void>;
}

/** The longest time of one request to CouchDB, as for the rest of the installation (ask-store.ts). */
const TIMEOUT = seconds(15);

/**
 * Makes the keeper for one database.
 *
 * @param target - the database, with the login of whoever installs the ledger.
 */
export function definitionKeeper(target: CouchDatabase): DefinitionKeeper {
  const store = httpCouchdb(target, { stopwatch: () => performance.now(), timeout: TIMEOUT });
  return { store: (chains) => storeDefinition(chains, store), noteDeployed: (hash) => noteDeployed(hash, store) };
}
