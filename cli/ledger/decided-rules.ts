import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { DEPLOYED_ID } from '../../src/core/document-ids.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { RulesFact } from '../../src/core/runs/rule-words.ts';
import { definitionHash } from '../../src/ledger/definition-hash.ts';
import { type DeployedDocument, readDeployed } from '../../src/ledger/documents/deployed.ts';
import { readChainsOf } from '../../src/ledger/read-chains-of.ts';
import { readable } from './read-documents.ts';

type Reader = Pick<CouchPort, 'get' | 'many'>;

/** Reads which chains are deployed; undefined if no deployment wrote it. */
export const readDeployedChains = async (store: Reader): Promise<DeployedDocument | undefined> =>
  readable(await store.get(DEPLOYED_ID), readDeployed);

/**
 * Reads the chains that decided, and those that are deployed now.
 *
 * @param hashes - of the definitions that documents name.
 * @param files - the chain files at hand: the chains of now, if the ledger does not know what is deployed.
 */
export async function readRules(
  store: Reader,
  hashes: readonly (string | undefined)[],
  deployed: DeployedDocument | undefined,
  files: CompiledChains,
): Promise<RulesFact> {
  const wanted = [...new Set([...hashes, deployed?.hash])].filter((hash) => hash !== undefined);
  const decided = new Map<string, CompiledChains | undefined>();
  // A replay may name the files at hand, which were perhaps never deployed.
  const own = definitionHash(files);
  for (const hash of wanted) decided.set(hash, hash === own ? files : await readChainsOf(hash, store));
  return { decided, now: decided.get(deployed?.hash ?? '') ?? files };
}
