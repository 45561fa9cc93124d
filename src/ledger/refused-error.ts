import type { Written } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';

/**
 * That CouchDB refuses one document of the ledger: DOCUMENT_REFUSED if the document is at fault, so that the same write is
 * refused for ever; STORE_REFUSED if its writer may not write.
 */
export function refusedError(id: string, written: Extract<Written, { kind: 'refused' }>): CascadeError {
  const what = `CouchDB refuses the document ${id}: ${written.message}.`;
  return written.isForGood
    ? new CascadeError('DOCUMENT_REFUSED', `${what} Writing it again does not help.`)
    : new CascadeError('STORE_REFUSED', `${what} May the user of COUCHDB_URL write into this database?`);
}
