import type { StoredDocument, Written } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError, type ErrorCode } from '../core/cascade-error.ts';
import type { LedgerLog } from './ledger-log.ts';

/**
 * What `reader` reads, for what may be missing: undefined if there is no document, or if it is none of ours. Of the latter a
 * line at `error` tells.
 */
export function readOrTell<T>(
  document: StoredDocument | undefined,
  reader: (document: StoredDocument) => T,
  log: Pick<LedgerLog, 'error'>,
): T | undefined {
  if (document === undefined) return undefined;
  try {
    return reader(document);
  } catch (error) {
    if (!(error instanceof CascadeError) || error.code !== 'LEDGER_MALFORMED') throw error;
    log.error(error.message, { code: error.code });
    return undefined;
  }
}

/** What one document alone can spoil: nothing else waits for it. */
const OF_ONE_DOCUMENT: readonly string[] = ['LEDGER_MALFORMED', 'DOCUMENT_REFUSED'] satisfies ErrorCode[];

/**
 * What `work` gives. If one document stopped it, since it is none of ours or CouchDB refuses it for good: `otherwise`, and
 * a line at `error`.
 */
export async function orMalformed<T>(
  work: () => T | Promise<T>,
  otherwise: T,
  log: Pick<LedgerLog, 'error'>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CascadeError) || !OF_ONE_DOCUMENT.includes(error.code)) throw error;
    log.error(error.message, { code: error.code });
    return otherwise;
  }
}

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
