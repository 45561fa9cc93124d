import { CascadeError } from '../core/cascade-error.ts';
import { DEPLOYED_ID } from '../core/document-ids.ts';
import { readOrLog, SILENT } from './bad-document.ts';
import { changeDocument } from './change-document.ts';
import { demandStoreNow } from './demand-store-now.ts';
import { type DeployedChains, readDeployed } from './documents/deployed.ts';
import type { DefinitionStore } from './store-definition.ts';

/** How many earlier deployments are remembered. With 50 the document has about 3 kB. */
const MOST_BEFORE = 50;

/**
 * Writes into the document `deployed` which chains are deployed from now on. Deployment calls this once the actions
 * that have the chains in them are deployed. So `cascade why` can say since when these chains decide. If the same
 * chains are deployed again, nothing is written. If somebody spoilt the document, it is replaced.
 *
 * @param hash - the hash of the definition (the compiled chains), which is stored already.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function noteDeployed(hash: string, store: DefinitionStore): Promise<void> {
  const noted = await changeDocument(DEPLOYED_ID, store, (found) => {
    const known = readOrLog(found, readDeployed, SILENT);
    if (known?.hash === hash) return { result: true };
    const before: readonly DeployedChains[] =
      known === undefined ? [] : [{ hash: known.hash, since: known.since }, ...known.before].slice(0, MOST_BEFORE);
    const since = demandStoreNow(store);
    return { result: true, write: { schema: 1, type: 'deployed', hash, since, before } };
  });
  if (noted !== undefined) return;
  throw new CascadeError('STORE_UNAVAILABLE', `Others write ${DEPLOYED_ID} all the time: deploy again.`);
}
