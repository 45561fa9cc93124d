import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { checkDocument, isBoolean, isInstant, isTextLike, maybe } from './check-document.ts';
import type { GateDocument } from './documents/gate-document.ts';

/**
 * Reads until when a tenant takes no reload, and whether it gives our `resourceId` back.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readGate = (document: StoredDocument): GateDocument =>
  checkDocument<GateDocument>(document, 'gate', { until: maybe(isInstant), echoes: maybe(isBoolean) }, ({ _id }) =>
    isTextLike(/^gate:[a-z0-9-]+$/)(_id),
  );
