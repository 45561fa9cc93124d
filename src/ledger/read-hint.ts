import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import type { HintDocument } from './documents/hint-document.ts';
import { isAbsentOr, isNumber, isObject, isText, readDocument } from './read-document.ts';

/**
 * A hint as the store has it.
 *
 * @throws CascadeError LEDGER_MALFORMED, with the document's id.
 */
export const readHint = (document: StoredDocument): HintDocument =>
  readDocument<HintDocument>(document, 'hint', {
    tenant: isText,
    appId: isText,
    told: isObject,
    traceId: isText,
    storedAt: isNumber,
    settledAt: isAbsentOr(isNumber),
    dueAt: isAbsentOr(isNumber),
  });
