/*
 * What to do with a bad document of the ledger (Cascade's memory in CouchDB): a person may have changed it so that
 * Cascade cannot read it, or CouchDB may refuse it. One bad document must not stop the work on others. So `readOrLog`
 * and `skipBadDocument` log it and go on.
 */

import type { StoredDocument, Written } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError, type ErrorCode } from '../core/cascade-error.ts';
import type { LedgerLog } from './ledger-log.ts';

/**
 * Reads a document. If the document is malformed, this logs an error, and the caller goes on without the document.
 *
 * @param reader - throws CascadeError LEDGER_MALFORMED for a malformed document.
 * @returns undefined if the document is absent or malformed.
 * @throws any other error of `reader`.
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
 * A log that drops its lines, for readers that leave out malformed documents without a message. `cascade runs
 * --problems` names these documents.
 */
export const SILENT: Pick<LedgerLog, 'error'> = { error: () => {} };

/**
 * Does `work`. If a bad document stops it, this logs an error, so that other work goes on. A document is bad if it is
 * malformed, or if CouchDB refuses it for good.
 *
 * @returns what `work` returns, or undefined if a bad document stopped it.
 * @throws any other error of `work`.
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
 * The error for a document that CouchDB refuses. DOCUMENT_REFUSED: the document is at fault, so CouchDB would refuse it
 * again. STORE_REFUSED: something else is at fault, such as the rights of the user of COUCHDB_URL.
 */
export function refusedError(id: string, written: Extract<Written, { kind: 'refused' }>): CascadeError {
  const what = `CouchDB refuses the document ${id}: ${written.message}.`;
  return written.isForGood
    ? new CascadeError('DOCUMENT_REFUSED', `${what} Writing it again does not help.`)
    : new CascadeError('STORE_REFUSED', `${what} May the user of COUCHDB_URL write into this database?`);
}
