/*
 * Binds the names of tenants: a chain file calls a tenant by a name, and deployment writes into the ledger (Cascade's
 * memory in CouchDB) which of Qlik's tenants the name means. If the ledger already means another one, deployment is
 * refused. Otherwise two deployments that share a database by mistake could start each other's reloads.
 */

import type { NewDocument, StoredDocument } from '../../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { tenantId } from '../../core/document-ids.ts';
import { isLoopback } from '../../core/is-loopback.ts';
import type { TenantName } from '../../core/names.ts';
import { visible } from '../../core/visible.ts';
import { SILENT } from '../bad-document.ts';
import { boundTenant, isAddress } from '../bound-tenant.ts';
import type { AskedStore } from './ask-store.ts';

/** A tenant in the settings of a deployment. */
export interface TenantAddress {
  readonly name: TenantName;
  /** The tenant's address, without a path. */
  readonly url: string;
  /** Qlik's tenant id, if the settings of the webhook have it. */
  readonly id?: string;
}

/** The tenants of a deployment, and the names of those that have moved, as a person says (`--tenant-moved`). */
export interface TenantsToBind {
  readonly tenants: readonly TenantAddress[];
  readonly moved: readonly string[];
}

/**
 * Checks that the ledger means the same tenants as the settings. Deployment calls this before it changes anything.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED; DEPLOY_FAILED, naming each tenant that has another address in
 *   the ledger, or a document that cannot be read. Both are allowed if a person says that the tenant moved. Another
 *   address is also allowed if both addresses are on this machine, where ports change.
 */
export async function refuseMoved(store: AskedStore, bind: TenantsToBind): Promise<void> {
  await changesFor(store, bind);
}

/**
 * Writes each tenant's address and id into the ledger. If the ledger has them already, nothing is written. The earlier
 * addresses of a tenant that moved are kept.
 *
 * @returns what was changed, in words: `tenant acme at https://acme.eu.qlikcloud.com`.
 * @throws CascadeError as `refuseMoved`; STORE_REFUSED if somebody else writes at the same moment.
 */
export async function bindTenants(store: AskedStore, bind: TenantsToBind): Promise<readonly string[]> {
  const changes = await changesFor(store, bind);
  for (const document of changes) await store.ask('PUT', encodeURIComponent(document._id), [201], document);
  return changes.map(({ _id, url }) => `${_id.replace(':', ' ')} at ${url}`);
}

/** The tenants' documents to write. @throws CascadeError as `refuseMoved`. */
async function changesFor(
  { ask, database }: AskedStore,
  { tenants, moved }: TenantsToBind,
): Promise<readonly NewDocument[]> {
  const changes: NewDocument[] = [];
  const refusals: string[] = [];
  for (const tenant of tenants) {
    const { status, json } = await ask('GET', encodeURIComponent(tenantId(tenant.name)), [200, 404]);
    const known = status === 200 ? (json as StoredDocument) : undefined;
    const change = changeOf(tenant, known, moved.includes(tenant.name));
    if (change === 'refused') refusals.push(refusalOf(tenant, known, database));
    else if (change !== undefined) changes.push(change);
  }
  if (refusals.length === 0) return changes;
  throw new CascadeError('DEPLOY_FAILED', `Nothing was deployed.\n${refusals.join('\n')}`);
}

/**
 * The document to write for a tenant. Undefined if the ledger has the same already; `refused` if the ledger means
 * another tenant, or if its document is malformed.
 */
function changeOf(
  { name, url, id }: TenantAddress,
  known: StoredDocument | undefined,
  isSaidToMove: boolean,
): NewDocument | 'refused' | undefined {
  // A malformed document is refused, and the refusal names it. So nothing needs to be logged.
  const bound = boundTenant(known, SILENT);
  const document = { _id: tenantId(name), ...(known && { _rev: known._rev }), schema: 1, type: 'tenant', url };
  const anew = definedFields({ ...document, id });
  if (bound === undefined) return anew;
  if (bound.url === url && (id === undefined || id === bound.id)) return undefined;
  const isLocal = isOnThisMachine(bound.url) && isOnThisMachine(url);
  if (bound.url !== url && !isSaidToMove && !isLocal) return 'refused';
  // Different tenants may take turns on this machine. They are the same one only if their ids are equal. Otherwise
  // nothing of the earlier one is kept.
  if (bound.url !== url && !isSaidToMove && (id === undefined || id !== bound.id)) return anew;
  const idNow = id ?? bound.id;
  // If the tenant has not moved, another id only corrects the settings, so the old id is not kept.
  const left = [bound.url, (isSaidToMove && bound.id) || '', ...bound.before];
  const before = left.filter((each) => each !== '' && each !== url && each !== idNow);
  return definedFields({ ...document, id: idNow, before: newestOf(before) });
}

/**
 * How many earlier addresses, and how many earlier ids, are kept. Ends of reloads that were reported under one of them
 * may still be waiting in the ledger.
 */
const MOST_BEFORE = 10;

/** The newest addresses and ids, each once; undefined if there are none. */
function newestOf(before: readonly string[]): readonly string[] | undefined {
  const all = [...new Set(before)];
  const addresses = all.filter(isAddress);
  const ids = all.filter((each) => !isAddress(each));
  return all.length === 0 ? undefined : [...addresses.slice(0, MOST_BEFORE), ...ids.slice(0, MOST_BEFORE)];
}

const isOnThisMachine = (url: string): boolean => URL.canParse(url) && isLoopback(new URL(url));

function refusalOf({ name, url }: TenantAddress, known: StoredDocument | undefined, database: string): string {
  const bound = visible(boundTenant(known, SILENT)?.url ?? '');
  const said = bound === '' ? `has a document ${tenantId(name)} that cannot be read` : `has it at ${bound}`;
  return `The settings have the tenant "${name}" at ${url}, and the ledger in the database ${database} ${said}. If another deployment uses that database, give this one a COUCHDB_DATABASE of its own. If the tenant has moved: ./build.sh deploy --tenant-moved ${name}`;
}
