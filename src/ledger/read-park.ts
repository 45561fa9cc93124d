import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { checkDocument, isCountFrom, isObjectWith, isRecordOf, isTextLike } from './check-document.ts';
import type { ParkDocument } from './documents/park-document.ts';

const isSlot = isObjectWith({ order: isTextLike(/^order:/), hops: isCountFrom(0) });

/**
 * Reads who is parked for an app.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readPark = (document: StoredDocument): ParkDocument =>
  checkDocument<ParkDocument>(document, 'park', { slots: isRecordOf(isSlot) }, ({ _id }) =>
    isTextLike(/^park:[a-z0-9-]+:[A-Za-z0-9-]+$/)(_id),
  );
