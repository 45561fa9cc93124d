import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { checkDocument, isInstant, isTextLike } from './check-document.ts';
import type { GateDocument } from './documents/gate-document.ts';

/**
 * Reads until when a tenant takes no reload.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readGate = (document: StoredDocument): GateDocument =>
  checkDocument<GateDocument>(document, 'gate', { until: isInstant }, ({ _id }) =>
    isTextLike(/^gate:[a-z0-9-]+$/)(_id),
  );
