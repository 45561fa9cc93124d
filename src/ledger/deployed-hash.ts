import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { DEPLOYED_ID } from '../core/document-ids.ts';
import { readOrLog, SILENT } from './bad-document.ts';
import { readDeployed } from './documents/deployed.ts';

/**
 * Reads which chains are deployed: the hash of their definition (the compiled chains). A deployment sees by it whether
 * it brings other chains.
 *
 * @returns undefined if no deployment has written it yet, or if somebody spoilt the document.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export const deployedHash = async (store: Pick<CouchPort, 'get'>): Promise<string | undefined> =>
  readOrLog(await store.get(DEPLOYED_ID), readDeployed, SILENT)?.hash;
