import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { CollectorPorts } from './collector-ports.ts';

/**
 * Writes a document of which a conflict is somebody's newer word; that the store refuses it is told in the log, for the
 * sweep would find and do the same again and again without a word.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function putOrTell(
  document: NewDocument,
  { store, log }: Pick<CollectorPorts, 'store' | 'log'>,
): Promise<void> {
  const written = await store.put(document);
  if (written.kind === 'refused') log.error(`CouchDB refuses ${document._id}: ${written.message}`);
}
