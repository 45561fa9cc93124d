import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { isJsonObject } from '../core/json-fields.ts';
import { checkDocument, isNumber, isText } from './check-document.ts';
import type { ParkDocument } from './documents/park-document.ts';

const isSlot = (value: unknown): boolean => isJsonObject(value) && isText(value['order']) && isNumber(value['hops']);

/**
 * Reads who is parked for an app.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readPark = (document: StoredDocument): ParkDocument =>
  checkDocument<ParkDocument>(document, 'park', {
    slots: (value) => isJsonObject(value) && Object.values(value).every(isSlot),
  });
