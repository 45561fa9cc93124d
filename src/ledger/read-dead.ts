import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { checkDocument, isBoolean, isInstant, isName, isReason, isText, maybe } from './check-document.ts';
import type { DeadDocument } from './documents/dead-document.ts';

/**
 * Reads a dead letter.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readDead = (document: StoredDocument): DeadDocument =>
  checkDocument<DeadDocument>(
    document,
    'dead',
    {
      tenant: isName,
      body: (value) => typeof value === 'string',
      isBase64: isBoolean,
      reason: isReason,
      traceId: isText,
      storedAt: isInstant,
      replayedAt: maybe(isInstant),
      dismissedAt: maybe(isInstant),
    },
    ({ _id }) => _id.startsWith('dead:'),
  );
