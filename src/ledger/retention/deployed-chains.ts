/*
 * Reads what a purge has to know of the chains that are deployed. A purge removes old documents from the ledger,
 * Cascade's memory in CouchDB. It must keep the definition (the deployed chains, compiled), and what the composite
 * links of these chains remember. A composite link waits for several apps, and remembers in a document which of them
 * have ended.
 */

import type { CouchPort } from '../../clients/couchdb/couchdb-port.ts';
import { appStateId, DEPLOYED_ID, joinId } from '../../core/document-ids.ts';
import { isComposite } from '../../core/link.ts';
import { type AppKey, appOfKey } from '../../core/names.ts';
import type { EpochMs } from '../../core/units.ts';
import { readOrLog, SILENT } from '../bad-document.ts';
import { readDeployed } from '../documents/deployed.ts';
import { readChainsOf } from '../read-chains-of.ts';

/** The chains that are deployed, as far as a purge needs them. */
export interface Deployed {
  /** The hash of their definition. */
  readonly hash: string;
  /** The store's clock when they were deployed. */
  readonly since: EpochMs;
  /**
   * The ids of the documents in which their composite links remember ends. Undefined if the definition cannot be read.
   */
  readonly joins: ReadonlySet<string> | undefined;
  /** The ids of the documents of their apps. Undefined as `joins`. */
  readonly apps?: ReadonlySet<string> | undefined;
}

/**
 * Reads which chains are deployed.
 *
 * @returns undefined if no deployment has written it, or if somebody spoilt the document.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readDeployedOf(store: Pick<CouchPort, 'get' | 'many'>): Promise<Deployed | undefined> {
  const deployed = readOrLog(await store.get(DEPLOYED_ID), readDeployed, SILENT);
  if (deployed === undefined) return undefined;
  const chains = await readChainsOf(deployed.hash, store);
  const links = chains && Object.values(chains.links).flat().filter(isComposite);
  const apps = chains && Object.keys(chains.apps).map((key) => appStateId(appOfKey(key as AppKey)));
  const { hash, since } = deployed;
  return { hash, since, joins: links && new Set(links.map(joinId)), apps: apps && new Set(apps) };
}
