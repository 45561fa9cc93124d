import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { alertId } from '../core/document-ids.ts';
import { checkDocument, isInstant, isOneOf, isText, maybe } from './check-document.ts';
import { ALERT_KINDS, type AlertDocument } from './documents/alert-document.ts';

/**
 * Reads an alert.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readAlert = (document: StoredDocument): AlertDocument =>
  checkDocument<AlertDocument>(
    document,
    'alert',
    {
      kind: isOneOf(ALERT_KINDS),
      subject: isText,
      message: isText,
      traceId: isText,
      at: isInstant,
      lastAt: maybe(isInstant),
    },
    ({ _id, kind, subject }) => _id === alertId(kind, subject),
  );
