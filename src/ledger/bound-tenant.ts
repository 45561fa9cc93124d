import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../core/names.ts';
import type { EpochMs } from '../core/units.ts';
import { readTenant } from './documents/tenant.ts';
import type { LedgerLog } from './ledger-log.ts';
import { readOrTell } from './malformed.ts';
import { raiseAlert } from './raise-alert.ts';

/** What the ledger says of a tenant. */
export interface BoundTenant {
  /** Its address; "" where the document cannot be read: then nobody's settings agree. */
  readonly url: string;
  readonly id?: string;
  /** Addresses and ids that it had before it moved. */
  readonly before: readonly string[];
}

/** What `tenant:<name>` says; undefined if no deployment has written one yet. */
export function boundTenant(
  document: StoredDocument | undefined,
  log: Pick<LedgerLog, 'error'>,
): BoundTenant | undefined {
  if (document === undefined) return undefined;
  const tenant = readOrTell(document, readTenant, log);
  if (tenant === undefined) return { url: '', before: [] };
  const { url, id, before = [] } = tenant;
  return { url: new URL(url).origin, before: before.map(asWritten), ...(id !== undefined && { id }) };
}

/** Whether this says a tenant by its address; else it is Qlik's id. */
export const isAddress = (text: string): boolean => text.includes('://');

/** An address as the settings say it: a person may have written it by hand, with a slash at its end. */
const asWritten = (text: string): string => (isAddress(text) && URL.canParse(text) ? new URL(text).origin : text);

/** Whether settings with this address mean the tenant that the ledger means. Where either is not known nothing speaks against it. */
export const isBoundTo = (bound: Pick<BoundTenant, 'url'> | undefined, address: string | undefined): boolean =>
  bound === undefined || address === undefined || bound.url === address;

/**
 * Whether an end was heard of in the tenant that the ledger means.
 *
 * @param heardFrom - the tenant's address, or its id, by the settings of who heard of it; absent if they said neither.
 */
export function isHeardFrom(bound: BoundTenant | undefined, heardFrom: string | undefined): boolean {
  if (bound === undefined || heardFrom === undefined) return true;
  if (bound.before.includes(heardFrom)) return true;
  return isAddress(heardFrom) ? heardFrom === bound.url : bound.id === undefined || heardFrom === bound.id;
}

/** Whose settings disagree with the ledger. */
export interface MovedTenant {
  readonly tenant: TenantName;
  /** By the ledger; "" where its document cannot be read. */
  readonly bound: string;
  /** By the settings of who looked. */
  readonly own: string;
}

/** What is wrong, and what to do. */
export const movedText = ({ tenant, bound, own }: MovedTenant): string =>
  `The settings say that the tenant "${tenant}" is at ${own}, and the ledger ${
    bound === '' ? `has a document tenant:${tenant} that cannot be read` : `that it is at ${bound}`
  }: with these settings nothing is started there, and nothing settled. Has another deployment the same database? Then give each a COUCHDB_DATABASE of its own. Has the tenant moved? Then ./build.sh deploy --tenant-moved ${tenant}.`;

/** Tells people that settings and ledger disagree about a tenant. */
export const tellMoved = (
  moved: MovedTenant,
  store: Pick<CouchPort, 'put' | 'get'>,
  { traceId, at }: { readonly traceId: string; readonly at: EpochMs },
  log: LedgerLog,
): Promise<boolean> =>
  raiseAlert(store, { kind: 'tenant-moved', subject: moved.tenant, message: movedText(moved), traceId, at }, log);
