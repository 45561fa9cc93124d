import type { StoredDocument, Written } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError, type ErrorCode } from '../core/cascade-error.ts';
import type { LedgerLog } from './ledger-log.ts';

/**
 * Reads a document. If it is malformed, this logs an error: the work can go on as if the document were not there.
 *
 * @returns undefined if the document is absent or malformed.
 */
export function readOrLog<T>(
  document: StoredDocument | undefined,
  reader: (document: StoredDocument) => T,
  log: Pick<LedgerLog, 'error'>,
): T | undefined {
  if (document === undefined) return undefined;
  try {
    return reader(document);
  } catch (error) {
    return logged(error, ['LEDGER_MALFORMED'], log);
  }
}

/**
 * Does `work`. If one bad document stops it (malformed, or refused by CouchDB for good), this logs an error: other work
 * must not wait for that document.
 *
 * @returns what `work` returns, or undefined if a bad document stopped it.
 */
export async function skipBadDocument<T>(
  work: () => T | Promise<T>,
  log: Pick<LedgerLog, 'error'>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    return logged(error, ['LEDGER_MALFORMED', 'DOCUMENT_REFUSED'], log);
  }
}

function logged(error: unknown, codes: readonly ErrorCode[], log: Pick<LedgerLog, 'error'>): undefined {
  if (!(error instanceof CascadeError) || !codes.includes(error.code)) throw error;
  log.error(error.message, { code: error.code });
}

/**
 * The error for a document that CouchDB refuses. DOCUMENT_REFUSED: the document is at fault, so CouchDB will always refuse
 * it. STORE_REFUSED: its writer may not write.
 */
export function refusedError(id: string, written: Extract<Written, { kind: 'refused' }>): CascadeError {
  const what = `CouchDB refuses the document ${id}: ${written.message}.`;
  return written.isForGood
    ? new CascadeError('DOCUMENT_REFUSED', `${what} Writing it again does not help.`)
    : new CascadeError('STORE_REFUSED', `${what} May the user of COUCHDB_URL write into this database?`);
}
