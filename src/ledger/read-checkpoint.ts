import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { checkDocument, isListOf, isNumber, isObject, isText, maybe } from './check-document.ts';
import type { CheckpointDocument } from './documents/checkpoint-document.ts';

/**
 * Reads a tenant's checkpoint.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readCheckpoint = (document: StoredDocument): CheckpointDocument =>
  checkDocument<CheckpointDocument>(document, 'checkpoint', {
    t: isNumber,
    from: isNumber,
    store: isText,
    apps: isListOf(isText),
    fresh: maybe(isObject),
    gap: maybe(isObject),
    behind: maybe(isObject),
    round: maybe(isObject),
  });
