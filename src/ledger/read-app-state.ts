import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { appStateId } from '../core/document-ids.ts';
import { checkDocument, isObjectWith } from './check-document.ts';
import { END_FIELDS } from './check-end.ts';
import type { AppStateDocument } from './documents/app-state-document.ts';

/**
 * Reads the last end of an app's reload.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readAppState = (document: StoredDocument): AppStateDocument =>
  checkDocument<AppStateDocument>(
    document,
    'app',
    { last: isObjectWith(END_FIELDS) },
    ({ _id, last }) => _id === appStateId(last),
  );
