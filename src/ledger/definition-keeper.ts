import type { CouchDatabase } from '../clients/couchdb/couch-database.ts';
import { httpCouchdb } from '../clients/couchdb/http-couchdb.ts';
import type { CompiledChains } from '../core/link.ts';
import { seconds } from '../core/units.ts';
import { noteDeployed } from './note-deployed.ts';
import { storeDefinition } from './store-definition.ts';

/**
 * Writes into a ledger (Cascade's memory in CouchDB) which chains are deployed, so that `cascade why` can explain
 * decisions by them later. The compiled chains of a deployment are its definition.
 */
export interface DefinitionKeeper {
  /** Before the actions are deployed: see `storeDefinition`. */
  store(chains: CompiledChains): Promise<string>;
  /** After the actions are deployed: see `noteDeployed`. */
  noteDeployed(hash: string): Promise<void>;
}

/** The longest time of one request to CouchDB: the same as for the rest of the installation (ask-store.ts). */
const TIMEOUT = seconds(15);

/**
 * Makes the keeper for one database. Deployment uses it.
 *
 * @param target - the database, with the login of whoever installs the ledger.
 */
export function definitionKeeper(target: CouchDatabase): DefinitionKeeper {
  const store = httpCouchdb(target, { stopwatch: () => performance.now(), timeout: TIMEOUT });
  return { store: (chains) => storeDefinition(chains, store), noteDeployed: (hash) => noteDeployed(hash, store) };
}
