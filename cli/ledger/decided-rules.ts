/*
 * Commands explain why something happened. For that they need the chains of that time, which may not be those of today.
 * This file reads them.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { DEPLOYED_ID } from '../../src/core/document-ids.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { RulesFact } from '../../src/core/runs/rule-words.ts';
import { definitionHash } from '../../src/ledger/definition-hash.ts';
import { type DeployedDocument, readDeployed } from '../../src/ledger/documents/deployed.ts';
import { readChainsOf } from '../../src/ledger/read-chains-of.ts';
import { readable } from './read-documents.ts';

type Reader = Pick<CouchPort, 'get' | 'many'>;

/** Reads which definition is deployed; undefined if no deployment has written that. */
export const readDeployedChains = async (store: Reader): Promise<DeployedDocument | undefined> =>
  readable(await store.get(DEPLOYED_ID), readDeployed);

/**
 * Reads the chains by which Cascade decided in the past, and the chains that are deployed now. The ledger keeps the
 * chains of each deployment as a definition, named by its hash.
 *
 * @param hashes - of the definitions that events (ends of reloads) and orders (reloads that Cascade owes) name.
 * @param deployed - which definition is deployed; undefined if the ledger does not say that.
 * @param files - the chain files at hand. They count as deployed if the ledger does not say which chains are.
 */
export async function readRules(
  store: Reader,
  hashes: readonly (string | undefined)[],
  deployed: DeployedDocument | undefined,
  files: CompiledChains,
): Promise<RulesFact> {
  const wanted = [...new Set([...hashes, deployed?.hash])].filter((hash) => hash !== undefined);
  const decided = new Map<string, CompiledChains | undefined>();
  // An order of `cascade replay` may name the chain files at hand, which were perhaps never deployed.
  const own = definitionHash(files);
  for (const hash of wanted) decided.set(hash, hash === own ? files : await readChainsOf(hash, store));
  return { decided, now: decided.get(deployed?.hash ?? '') ?? files };
}
