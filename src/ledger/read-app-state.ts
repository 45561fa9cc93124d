import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { isJsonObject } from '../core/json-fields.ts';
import { checkDocument, isNumber, isText } from './check-document.ts';
import type { AppStateDocument } from './documents/app-state-document.ts';

/**
 * Reads the last end of an app's reload.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readAppState = (document: StoredDocument): AppStateDocument =>
  checkDocument<AppStateDocument>(document, 'app', {
    last: (value) => isJsonObject(value) && isText(value['reloadId']) && isNumber(value['endedAt']),
  });
