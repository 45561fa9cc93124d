import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { DEPLOYED_ID } from '../core/document-ids.ts';
import { readOrLog } from './bad-document.ts';
import { readDeployed } from './documents/deployed.ts';

/**
 * The hash of the deployed definition, that is, of the compiled chains. Undefined if no deployment has written it, or if
 * somebody spoilt the document.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export const deployedHash = async (store: Pick<CouchPort, 'get'>): Promise<string | undefined> =>
  readOrLog(await store.get(DEPLOYED_ID), readDeployed, { error: () => {} })?.hash;
