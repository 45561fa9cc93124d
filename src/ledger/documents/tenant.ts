import { type Check, isListOf, isText, maybe, readerOf } from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/**
 * `tenant:<name>`: which of Qlik's tenants a name means. If two deployments share a database by mistake, both may call
 * their tenant `default`. With this document, neither starts the reloads of the other one.
 *
 * Invariant: only deployment writes it. Actions whose settings have another address start nothing and settle nothing
 * under this name.
 */
export interface TenantDocument extends StoredAs<'tenant'> {
  /** The tenant's address, such as `https://acme.eu.qlikcloud.com`. */
  readonly url: string;
  /** Qlik's tenant id, if the settings of the webhook have it. */
  readonly id?: string;
  /** The tenant's earlier addresses, the latest first; then its earlier ids, the latest first. */
  readonly before?: readonly string[];
}

const isAddress: Check = (value) => typeof value === 'string' && URL.canParse(value);

/** Reads which of Qlik's tenants a name means. @throws CascadeError LEDGER_MALFORMED. */
export const readTenant = readerOf<TenantDocument>(
  'tenant',
  { url: isAddress, id: maybe(isText), before: maybe(isListOf(isText)) },
  /^tenant:[a-z0-9-]+$/,
);
