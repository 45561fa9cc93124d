import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { checkDocument, isInstant, isListOf, isObjectWith, isTextLike } from './check-document.ts';
import type { RateDocument } from './documents/rate-document.ts';

const isStart = isObjectWith({ order: isTextLike(/^order:/), at: isInstant });

/**
 * Reads which orders of an app were allowed to start.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readRate = (document: StoredDocument): RateDocument =>
  checkDocument<RateDocument>(document, 'rate', { starts: isListOf(isStart) }, ({ _id }) =>
    isTextLike(/^rate:[a-z0-9-]+:[A-Za-z0-9-]+$/)(_id),
  );
