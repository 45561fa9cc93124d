import { DEPLOYED_ID } from '../../core/document-ids.ts';
import type { EpochMs } from '../../core/units.ts';
import { isInstant, isListOf, isObjectWith, readerOf } from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';
import { isHash } from './definition.ts';

/** Chains that are or were deployed. */
export interface DeployedChains {
  /** The hash of the chains: their document is `definition:<hash>`. */
  readonly hash: string;
  /** The store's clock after the actions were deployed. */
  readonly since: EpochMs;
}

/**
 * `deployed`: which chains are deployed, and which chains were deployed earlier. `cascade why` needs it to say by which
 * chains Cascade would decide now, and a purge to keep these chains.
 *
 * Invariant: it is written after the actions that contain the chains were deployed. Until then some of them may have
 * been built with other chains.
 */
export interface DeployedDocument extends DeployedChains, StoredAs<'deployed'> {
  /** The earlier chains: the newest first, at most 50. */
  readonly before: readonly DeployedChains[];
}

/** Reads which chains are deployed. @throws CascadeError LEDGER_MALFORMED. */
export const readDeployed = readerOf<DeployedDocument>(
  'deployed',
  { hash: isHash, since: isInstant, before: isListOf(isObjectWith({ hash: isHash, since: isInstant })) },
  new RegExp(`^${DEPLOYED_ID}$`),
);
