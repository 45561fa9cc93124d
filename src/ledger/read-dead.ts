import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { isJsonObject } from '../core/json-fields.ts';
import { type Check, checkDocument, isBoolean, isNumber, isText, maybe } from './check-document.ts';
import type { DeadDocument } from './documents/dead-document.ts';

const isReason: Check = (value) => isJsonObject(value) && isText(value['code']) && isText(value['message']);

/**
 * Reads a dead letter.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readDead = (document: StoredDocument): DeadDocument =>
  checkDocument<DeadDocument>(document, 'dead', {
    tenant: isText,
    body: (value) => typeof value === 'string',
    isBase64: isBoolean,
    reason: isReason,
    traceId: isText,
    storedAt: isNumber,
    replayedAt: maybe(isNumber),
    dismissedAt: maybe(isNumber),
  });
