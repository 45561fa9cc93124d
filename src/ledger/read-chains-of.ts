import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { definitionId } from '../core/document-ids.ts';
import type { CompiledChains } from '../core/link.ts';
import { readOrLog, SILENT } from './bad-document.ts';
import { readDefinition } from './documents/definition.ts';

/**
 * Reads the compiled chains that a hash names, as a deployment stored them (a definition). `cascade why` explains old
 * decisions by them, and a purge learns from them which links are deployed. Large chains are stored in several
 * documents.
 *
 * @returns undefined if a part is missing or spoilt.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readChainsOf(
  hash: string,
  store: Pick<CouchPort, 'get' | 'many'>,
): Promise<CompiledChains | undefined> {
  const first = readOrLog(await store.get(definitionId(hash)), readDefinition, SILENT);
  if (first === undefined) return undefined;
  const ids = Array.from({ length: first.parts - 1 }, (_, index) => definitionId(hash, index + 2));
  const others = (await store.many(ids)).map((document) => readOrLog(document, readDefinition, SILENT));
  const parts = [first, ...others].flatMap((part) => (part === undefined ? [] : [part.chains]));
  if (parts.length < first.parts) return undefined;
  return {
    links: Object.assign({}, ...parts.map(({ links }) => links)),
    apps: Object.assign({}, ...parts.map(({ apps }) => apps)),
  };
}
