import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { LedgerLog } from './ledger-log.ts';

/** What `reader` reads; where the document is not what we write, a line at `error` and undefined: for what may be missing. */
export function readOrTell<T>(
  document: StoredDocument,
  reader: (document: StoredDocument) => T,
  log: Pick<LedgerLog, 'error'>,
): T | undefined {
  try {
    return reader(document);
  } catch (error) {
    if (!(error instanceof CascadeError) || error.code !== 'LEDGER_MALFORMED') throw error;
    log.error(error.message, { code: error.code });
    return undefined;
  }
}
