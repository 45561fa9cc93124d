import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { checkDocument, isBoolean, isCountFrom, isListOf, isText, isTextLike } from './check-document.ts';
import type { StartedDocument } from './documents/started-document.ts';

const isOrder = isTextLike(/^order:/);

/**
 * Reads which order a reload is for.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readStarted = (document: StoredDocument): StartedDocument =>
  checkDocument<StartedDocument>(
    document,
    'started',
    { order: isOrder, also: isListOf(isOrder), isGuess: isBoolean, hops: isCountFrom(0), root: isText },
    ({ _id }) => isTextLike(/^started:[a-z0-9-]+:.+$/)(_id),
  );
