import type { NewDocument, StoredDocument } from '../../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import { tenantId } from '../../core/document-ids.ts';
import { isLoopback } from '../../core/is-loopback.ts';
import type { TenantName } from '../../core/names.ts';
import { visible } from '../../core/visible.ts';
import { type BoundTenant, boundTenant, isAddress } from '../bound-tenant.ts';
import { type AskStore, demand } from './ask-store.ts';

/** A tenant as the settings of a deployment have it. */
export interface TenantAddress {
  readonly name: TenantName;
  /** Its origin. */
  readonly url: string;
  /** Qlik's tenant id, where the settings of the webhook say it. */
  readonly id?: string;
}

/** The tenants of a deployment, and the names of those that a person says have moved. */
export interface TenantsToBind {
  readonly tenants: readonly TenantAddress[];
  readonly moved: readonly string[];
}

/**
 * Makes sure that the ledger means the same tenants as the settings: else two deployments would take each other's orders.
 *
 * @throws CascadeError DEPLOY_FAILED for each tenant that the ledger has at another address, unless a person said that it
 *   moved, or both addresses are on this machine, whose ports come and go.
 */
export async function refuseMoved(ask: AskStore, database: string, bind: TenantsToBind): Promise<void> {
  await changesFor(ask, database, bind);
}

/**
 * Writes down where each tenant is. The same settings again write nothing.
 *
 * @returns what was changed, in words.
 * @throws CascadeError as `refuseMoved`; STORE_REFUSED if somebody else writes at the same moment.
 */
export async function bindTenants(ask: AskStore, database: string, bind: TenantsToBind): Promise<readonly string[]> {
  const done: string[] = [];
  for (const { document, words } of await changesFor(ask, database, bind)) {
    demand(await ask('PUT', pathOf(database, document._id), document), 201);
    done.push(words);
  }
  return done;
}

interface Change {
  readonly document: NewDocument;
  readonly words: string;
}

async function changesFor(
  ask: AskStore,
  database: string,
  { tenants, moved }: TenantsToBind,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  const refusals: string[] = [];
  for (const tenant of tenants) {
    const { status, json } = demand(await ask('GET', pathOf(database, tenantId(tenant.name))), 200, 404);
    const known = status === 200 ? (json as StoredDocument) : undefined;
    const change = changeOf(tenant, known, moved.includes(tenant.name));
    if (change === 'refused') refusals.push(refusalOf(tenant, known, database));
    else if (change !== undefined) changes.push(change);
  }
  if (refusals.length === 0) return changes;
  throw new CascadeError('DEPLOY_FAILED', `Nothing was deployed.\n${refusals.join('\n')}`);
}

/** So many addresses that a tenant had are kept, and so many ids: what was told of it there may still have to be followed up. */
const MOST_BEFORE = 10;

/** Undefined if the ledger says the same already. */
function changeOf(
  { name, url, id }: TenantAddress,
  known: StoredDocument | undefined,
  isSaidToMove: boolean,
): Change | 'refused' | undefined {
  const bound = boundTenant(known, SILENT);
  const change = (more: object): Change => ({
    document: {
      ...{ _id: tenantId(name), ...(known && { _rev: known._rev }), schema: 1, type: 'tenant', url },
      ...(id !== undefined && { id }),
      ...more,
    },
    words: `tenant ${name} at ${url}`,
  });
  if (bound === undefined) return change({});
  const kept: { readonly id?: string } = {
    ...(bound.id !== undefined && { id: bound.id }),
    ...(id !== undefined && { id }),
  };
  if (bound.url === url && (id === undefined || id === bound.id)) return undefined;
  const isLocal = isOnThisMachine(bound.url) && isOnThisMachine(url);
  if (bound.url !== url && !isSaidToMove && !isLocal) return 'refused';
  if (isSaidToMove) return change({ ...kept, ...beforeOf(bound, [bound.url, bound.id], [url, kept.id]) });
  // The settings say the id later than the address, or another one.
  if (bound.url === url) return change({ ...kept, ...beforeOf(bound, [], []) });
  // On one machine two tenants may take turns; only of the same one is what was heard before still to be followed up.
  return id === undefined || id !== bound.id ? change({}) : change({ ...kept, ...beforeOf(bound, [bound.url], [url]) });
}

/** The addresses and the ids that a tenant had: `left` and what the ledger has of them, but for those that it has `now`. */
function beforeOf(
  { before }: BoundTenant,
  left: readonly (string | undefined)[],
  now: readonly (string | undefined)[],
): { readonly before?: readonly string[] } {
  const all = [...new Set([...left, ...before])].filter((each) => each !== undefined && each !== '');
  const kept = all.filter((each): each is string => !now.includes(each));
  const addresses = kept.filter(isAddress);
  const ids = kept.filter((each) => !isAddress(each));
  if (kept.length === 0) return {};
  return { before: [...addresses.slice(0, MOST_BEFORE), ...ids.slice(0, MOST_BEFORE)] };
}

const isOnThisMachine = (url: string): boolean => URL.canParse(url) && isLoopback(new URL(url));

/** What cannot be read is refused, and the refusal says so. */
const SILENT = { error: () => {} };

function refusalOf({ name, url }: TenantAddress, known: StoredDocument | undefined, database: string): string {
  const bound = visible(boundTenant(known, SILENT)?.url ?? '');
  const said = bound === '' ? `has a document ${tenantId(name)} that cannot be read` : `has it at ${bound}`;
  return `The settings have the tenant "${name}" at ${url}, and the ledger in the database ${database} ${said}. If another deployment uses that database, give this one a COUCHDB_DATABASE of its own. If the tenant has moved: ./build.sh deploy --tenant-moved ${name}`;
}

const pathOf = (database: string, id: string): string => `/${database}/${encodeURIComponent(id)}`;
