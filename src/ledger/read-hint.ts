import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { checkDocument, isNumber, isObject, isText, maybe } from './check-document.ts';
import type { HintDocument } from './documents/hint-document.ts';

/**
 * Reads a hint's document.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readHint = (document: StoredDocument): HintDocument =>
  checkDocument<HintDocument>(document, 'hint', {
    tenant: isText,
    appId: isText,
    told: isObject,
    traceId: isText,
    storedAt: isNumber,
    heardFrom: maybe(isText),
    absentAt: maybe(isNumber),
    settledAt: maybe(isNumber),
    dueAt: maybe(isNumber),
  });
