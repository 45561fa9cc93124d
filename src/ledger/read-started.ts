import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { checkDocument, isBoolean, isListOf, isNumber, isText } from './check-document.ts';
import type { StartedDocument } from './documents/started-document.ts';

/**
 * Reads which order a reload is for.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readStarted = (document: StoredDocument): StartedDocument =>
  checkDocument<StartedDocument>(document, 'started', {
    order: isText,
    also: isListOf(isText),
    isGuess: isBoolean,
    hops: isNumber,
    root: isText,
  });
