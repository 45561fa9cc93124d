/*
 * `cascade why` explains why something happened. For that it needs the chains of that time, which may not be those of
 * today. The ledger (Cascade's memory) keeps the compiled chains of a deployment as a definition, named by its hash.
 * This file reads definitions.
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

/** Reads which definition is deployed. Undefined if no deployment has written that, or if the document is malformed. */
export const readDeployedDocument = async (store: Reader): Promise<DeployedDocument | undefined> =>
  readable(await store.get(DEPLOYED_ID), readDeployed);

/**
 * Reads the chains by which Cascade decided in the past, and the chains that are deployed now. So `cascade why` can say
 * whether a rule (this app follows that app) has changed since. If neither the ledger nor `files` has the chains of a
 * hash, the result has undefined for this hash.
 *
 * @param hashes - the hashes that events (ends of reloads) and orders (reloads that Cascade owes) name.
 * @param deployed - which definition is deployed; undefined if the ledger does not say that.
 * @param files - the chain files at hand, compiled. This function takes them for the deployed chains if the ledger does
 *   not say which chains are deployed, or no longer has those.
 */
export async function readRules(
  store: Reader,
  hashes: readonly (string | undefined)[],
  deployed: DeployedDocument | undefined,
  files: CompiledChains,
): Promise<RulesFact> {
  const wanted = [...new Set([...hashes, deployed?.hash])].filter((hash) => hash !== undefined);
  const decided = new Map<string, CompiledChains | undefined>();
  // `cascade replay` decides by the chain files at hand. They may never have been deployed, so the ledger may not have
  // them.
  const own = definitionHash(files);
  for (const hash of wanted) decided.set(hash, hash === own ? files : await readChainsOf(hash, store));
  return { decided, now: decided.get(deployed?.hash ?? '') ?? files };
}
