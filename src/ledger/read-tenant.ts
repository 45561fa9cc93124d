import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { type Check, checkDocument, isListOf, isText, isTextLike, maybe } from './check-document.ts';
import type { TenantDocument } from './documents/tenant-document.ts';

const isAddress: Check = (value) => typeof value === 'string' && URL.canParse(value);

/**
 * Reads which of Qlik's tenants a name means.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readTenant = (document: StoredDocument): TenantDocument =>
  checkDocument<TenantDocument>(
    document,
    'tenant',
    { url: isAddress, id: maybe(isText), before: maybe(isListOf(isText)) },
    ({ _id }) => isTextLike(/^tenant:[a-z0-9-]+$/)(_id),
  );
