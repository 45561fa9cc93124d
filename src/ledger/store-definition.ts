import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { definitionId } from '../core/document-ids.ts';
import type { CompiledChains } from '../core/link.ts';
import { readOrLog, SILENT } from './bad-document.ts';
import { changeDocument } from './change-document.ts';
import { definitionHash } from './definition-hash.ts';
import { demandStoreNow } from './demand-store-now.ts';
import { deployedHash } from './deployed-hash.ts';
import { readDefinition } from './documents/definition.ts';
import { splitDefinition } from './split-definition.ts';

/** The calls of CouchDB that storing a definition needs. */
export type DefinitionStore = Pick<CouchPort, 'get' | 'put' | 'now'>;

/**
 * Stores the compiled chains of a deployment (its definition), in one document `definition:<hash>` or in several parts.
 * So `cascade why` can explain by them later why something happened. Deployment calls this before it deploys an action
 * that names the hash.
 *
 * If the chains are not the ones deployed now, their definition gets a new `storedAt`, even if it is stored already. A
 * purge (it removes old documents) may just have chosen to remove that definition. With the new `storedAt` it is
 * another version, which the purge leaves alone.
 *
 * @returns the hash.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function storeDefinition(chains: CompiledChains, store: DefinitionStore): Promise<string> {
  const hash = definitionHash(chains);
  const isDeployed = (await deployedHash(store)) === hash;
  const parts = splitDefinition(chains);
  // The first part says how many others there are, so it is written last.
  for (let part = parts.length; part >= 1; part -= 1) {
    const content = parts[part - 1];
    const stored = await changeDocument(definitionId(hash, part), store, (found) => {
      if (isDeployed && isSame(found, content)) return { result: true };
      const storedAt = demandStoreNow(store);
      const write = { schema: 1, type: 'definition', hash, part, parts: parts.length, chains: content, storedAt };
      return { result: true, write };
    });
    if (stored === undefined) throw busy(definitionId(hash, part));
  }
  return hash;
}

const isSame = (found: StoredDocument | undefined, content: CompiledChains | undefined): boolean =>
  canonicalJson(readOrLog(found, readDefinition, SILENT)?.chains) === canonicalJson(content);

const busy = (id: string): CascadeError =>
  new CascadeError('STORE_UNAVAILABLE', `Others write ${id} all the time: deploy again.`);
