import { listIn, memberOf } from '../clients/couchdb/couch-answer.ts';
import type { CouchDatabase } from '../clients/couchdb/couch-database.ts';
import { DUE_INDEX } from '../clients/couchdb/due-index.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { isLedgerId } from '../core/document-ids.ts';
import { isJsonObject, objectOf, textOf } from '../core/json-fields.ts';
import { quoted } from '../core/visible.ts';
import { type AskStore, askerOf, demand } from './install/ask-store.ts';
import { bindTenants, refuseMoved, type TenantsToBind } from './install/bind-tenants.ts';
import { dropOldRoles, installRoles, installValidation } from './install/install-access.ts';
import { checkUsers, checkWriter, dropOldWriter, installWriter } from './install/install-writer.ts';

/** Which documents and index this Cascade works with; a later one that changes them raises it and upgrades what it finds. */
export const LEDGER_VERSION = 1;

/** `schema`: which version of the ledger the database holds. Written by deployment only, last of all. */
export const SCHEMA_ID = 'schema';

export interface LedgerStores {
  /** As the actions use it: COUCHDB_URL. */
  readonly store: CouchDatabase;
  /** The same database as an administrator: COUCHDB_ADMIN_URL; the store itself where its user is one. */
  readonly admin: CouchDatabase;
}

const NO_TENANTS: TenantsToBind = { tenants: [], moved: [] };

/**
 * Makes the database ready for the ledger, or upgrades it: the database, the user of the actions, who may read and write
 * it, the index on `dueAt`, the version, where the tenants are. Each step looks first, so that a second run changes nothing,
 * and one that broke off is gone on with.
 *
 * The order of the steps is that in which roles change their names under actions that run: the user has the new role before
 * it is asked for, and the old one is let in until it is not needed any more.
 *
 * @param bind - the tenants of the settings; default: none are bound.
 * @returns what was changed, in words; empty if all was there.
 * @throws CascadeError STORE_UNAVAILABLE without an answer; STORE_REFUSED if a right, or CouchDB's own set-up, is missing;
 *   DEPLOY_FAILED if a newer Cascade or another program has been here, or a deployment with another tenant of the same name.
 */
export async function installLedger(
  { store, admin }: LedgerStores,
  bind: TenantsToBind = NO_TENANTS,
): Promise<readonly string[]> {
  const hasAdmin = admin !== store;
  const ask = askerOf(admin, { setting: hasAdmin ? 'COUCHDB_ADMIN_URL' : 'COUCHDB_URL', hasAdmin });
  const { database } = admin;
  const hasUser = store.authorization !== undefined && store.authorization !== admin.authorization;
  // What can be refused is, before anything is made.
  await refuseOthers(ask, database);
  await refuseMoved(ask, database, bind);
  if (hasUser) await checkUsers(ask, store);
  const done = [...(await installDatabase(ask, database))];
  if (hasUser) done.push(...(await installWriter(ask, store)));
  done.push(...(await installRoles(ask, database)), ...(await installValidation(ask, database)));
  done.push(...(await dropOldRoles(ask, database)));
  if (hasUser) done.push(...(await dropOldWriter(ask, store)));
  done.push(...(await installIndex(ask, database)), ...(await installVersion(ask, database)));
  done.push(...(await bindTenants(ask, database, bind)));
  await checkWriter(store, { setting: 'COUCHDB_URL', hasAdmin });
  return done;
}

async function installDatabase(ask: AskStore, database: string): Promise<readonly string[]> {
  if (demand(await ask('GET', `/${database}`), 200, 404).status === 200) return [];
  // 412: somebody else made it meanwhile (fact db-databases-01).
  demand(await ask('PUT', `/${database}`), 201, 202, 412);
  return [`database ${database}`];
}

async function installIndex(ask: AskStore, database: string): Promise<readonly string[]> {
  const { ddoc, name, fields } = DUE_INDEX;
  const found = demand(await ask('GET', `/${database}/_design/${ddoc}`), 200, 404);
  if (isJsonObject(found.json) && Object.hasOwn(objectOf(found.json, 'views'), name)) return [];
  demand(await ask('POST', `/${database}/_index`, { index: { fields }, ddoc, name, type: 'json' }), 200);
  return [`index ${name}`];
}

interface Version {
  /** 0 if there is none. */
  readonly version: number;
  readonly rev?: string;
}

/** @throws CascadeError DEPLOY_FAILED if `schema` is not what a Cascade writes. */
async function versionIn(ask: AskStore, database: string): Promise<Version> {
  const { status, json } = demand(await ask('GET', `/${database}/${SCHEMA_ID}`), 200, 404);
  if (status === 404) return { version: 0 };
  const found = isJsonObject(json) ? json : {};
  const version = found['version'];
  const rev = textOf(found, '_rev');
  if (found['type'] === 'schema' && typeof version === 'number' && version > 0)
    return { version, ...(rev !== undefined && { rev }) };
  throw new CascadeError(
    'DEPLOY_FAILED',
    `Nothing was changed: the database ${database} has a document "${SCHEMA_ID}" that Cascade did not write like this. If another program uses that database, take another COUCHDB_DATABASE; if a person changed the document, it has to be { "schema": 1, "type": "schema", "version": ${LEDGER_VERSION} }.`,
  );
}

/** @throws CascadeError DEPLOY_FAILED if a newer Cascade, or another program, has been in the database. */
async function refuseOthers(ask: AskStore, database: string): Promise<void> {
  const { version } = await versionIn(ask, database);
  if (version === 0) await refuseForeign(ask, database);
  if (version <= LEDGER_VERSION) return;
  throw new CascadeError(
    'DEPLOY_FAILED',
    `The ledger in ${database} is of version ${version}, and this Cascade knows up to ${LEDGER_VERSION}: a newer one was deployed. Deploy that, or take another COUCHDB_DATABASE.`,
  );
}

/** So many documents tell whose database it is. */
const LOOKED_AT = 50;

/** Who may write would be changed for whoever uses it, too. */
async function refuseForeign(ask: AskStore, database: string): Promise<void> {
  const { json } = demand(await ask('GET', `/${database}/_all_docs?limit=${LOOKED_AT}`), 200, 404);
  const ids = (listIn(json, 'rows') ?? []).map((row) => memberOf(row, 'id'));
  const foreign = ids.find((id) => !isLedgerId(id) && !id.startsWith('_design/'));
  if (foreign === undefined) return;
  throw new CascadeError(
    'DEPLOY_FAILED',
    `Nothing was changed: the database ${database} is no ledger and not empty. It has a document ${quoted(foreign)}. Take another COUCHDB_DATABASE: deployment makes it.`,
  );
}

async function installVersion(ask: AskStore, database: string): Promise<readonly string[]> {
  const { version, rev } = await versionIn(ask, database);
  if (version === LEDGER_VERSION) return [];
  const document = { _id: SCHEMA_ID, schema: 1, type: 'schema', version: LEDGER_VERSION };
  demand(await ask('PUT', `/${database}/${SCHEMA_ID}`, { ...document, ...(rev !== undefined && { _rev: rev }) }), 201);
  return [version === 0 ? `version ${LEDGER_VERSION}` : `version ${LEDGER_VERSION} in place of ${version}`];
}
