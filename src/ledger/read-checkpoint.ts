import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import {
  checkDocument,
  isAppId,
  isInstant,
  isListOf,
  isObjectWith,
  isOneOf,
  isRecordOf,
  isText,
  isTextLike,
  maybe,
} from './check-document.ts';
import type { CheckpointDocument } from './documents/checkpoint-document.ts';

const isGap = isObjectWith({
  head: isInstant,
  by: isOneOf(['end', 'creation']),
  next: maybe(isText),
  reached: maybe(isInstant),
});

/**
 * Reads a tenant's checkpoint.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readCheckpoint = (document: StoredDocument): CheckpointDocument =>
  checkDocument<CheckpointDocument>(
    document,
    'checkpoint',
    {
      t: isInstant,
      from: isInstant,
      store: isText,
      apps: isListOf(isAppId),
      fresh: maybe(isRecordOf(isInstant)),
      gap: maybe(isGap),
      behind: maybe(isRecordOf(isObjectWith({ t: isInstant, gap: maybe(isGap) }))),
      round: maybe(isObjectWith({ since: isInstant, next: isAppId })),
    },
    ({ _id }) => isTextLike(/^checkpoint:[a-z0-9-]+$/)(_id),
  );
