/*
 * Checks that a tenant's name still means the same tenant of Qlik's. If two deployments share a database, both may call
 * their tenant `default`, and each would start the other's reloads. So deployment writes the tenant's address, and
 * Qlik's id of it if that is in the settings, into the ledger (Cascade's memory). The name is then bound to this
 * tenant. The actions `collector`, `resolver` and `reload` compare before they work for the tenant.
 */

import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../core/names.ts';
import { readOrLog } from './bad-document.ts';
import { readTenant } from './documents/tenant.ts';
import type { LedgerLog } from './ledger-log.ts';
import type { AlertText } from './raise-alert.ts';

/** The tenant to which a name is bound. */
export interface BoundTenant {
  /** The tenant's address. "" if the document is malformed: then no address in the settings is equal to it. */
  readonly url: string;
  /** Qlik's id of the tenant; absent if no deployment knew it. */
  readonly id?: string;
  /** Its earlier addresses and ids. */
  readonly before: readonly string[];
}

/** Reads the document `tenant:<name>`. Undefined if there is no such document: no deployment has written it yet. */
export function boundTenant(
  document: StoredDocument | undefined,
  log: Pick<LedgerLog, 'error'>,
): BoundTenant | undefined {
  if (document === undefined) return undefined;
  const tenant = readOrLog(document, readTenant, log);
  if (tenant === undefined) return { url: '', before: [] };
  const { url, id, before = [] } = tenant;
  // `origin` has no slash at its end, and neither has an address in the settings.
  return { url: new URL(url).origin, before: before.map(asWritten), ...(id !== undefined && { id }) };
}

/** Whether a text is a tenant's address. If not, it is Qlik's id of the tenant. */
export const isAddress = (text: string): boolean => text.includes('://');

/** An address in the same form as `url`: a person may have written a slash at its end. Ids stay as they are. */
const asWritten = (text: string): string => (isAddress(text) && URL.canParse(text) ? new URL(text).origin : text);

/**
 * Whether a report of an ended reload comes from the bound tenant. The tenant's earlier addresses and ids count, too.
 * If there is nothing to compare, this is true: no bound tenant, no `heardFrom`, or an id where the bound one has none.
 *
 * @param heardFrom - the address or the id of the tenant whose webhook brought the report. Undefined if the receiver's
 *   settings had neither, or if no webhook brought it.
 */
export function isFromBoundTenant(bound: BoundTenant | undefined, heardFrom: string | undefined): boolean {
  if (bound === undefined || heardFrom === undefined) return true;
  if (bound.before.includes(heardFrom)) return true;
  return isAddress(heardFrom) ? heardFrom === bound.url : bound.id === undefined || heardFrom === bound.id;
}

/** A tenant whose address differs between the settings and the ledger. */
export interface TenantMismatch {
  readonly tenant: TenantName;
  /** The address in the ledger; "" if the tenant's document cannot be read. */
  readonly bound: string;
  /** The address in the settings. */
  readonly own: string;
}

const NOTHING_DONE = 'with these settings nothing is started there, and nothing settled.';
const SHARED_DATABASE = 'Has another deployment the same database? Then give each a COUCHDB_DATABASE of its own.';

/**
 * The alert (something that a person should look at) about a tenant whose address differs between settings and ledger.
 */
export const movedAlert = ({ tenant, bound, own }: TenantMismatch): AlertText => {
  const said = bound === '' ? `has a document tenant:${tenant} that cannot be read` : `that it is at ${bound}`;
  return {
    kind: 'tenant-moved',
    subject: tenant,
    message: `The settings say that the tenant "${tenant}" is at ${own}, and the ledger ${said}: ${NOTHING_DONE} ${SHARED_DATABASE} Has the tenant moved? Then ./build.sh deploy --tenant-moved ${tenant}.`,
  };
};

/** The alert about work for a tenant that is not in the settings. The work waits until the tenant is in them. */
export const unknownAlert = (tenant: TenantName): AlertText => ({
  kind: 'tenant-unknown',
  subject: tenant,
  message: `The ledger has work for the tenant "${tenant}", and the settings do not know it: ${NOTHING_DONE} Add it to QLIK_TENANTS and deploy again. ${SHARED_DATABASE} Is the tenant gone for good? Then call its orders off with cascade cancel, and delete the rest that is due for it.`,
});
