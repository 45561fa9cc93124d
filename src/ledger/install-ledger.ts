/*
 * Creates the ledger, or upgrades it. The ledger is Cascade's memory: a database in CouchDB. Deployment calls
 * `installLedger` before it deploys the actions, which work with the ledger. A database that belongs to another
 * program, or to a newer Cascade, is refused.
 */

import { listIn, memberOf } from '../clients/couchdb/couch-answer.ts';
import type { CouchDatabase } from '../clients/couchdb/couch-database.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { definedFields } from '../core/defined-fields.ts';
import { SCHEMA_ID } from '../core/document-ids.ts';
import { textOf } from '../core/json-fields.ts';
import { type DurationMs, days, type EpochMs } from '../core/units.ts';
import { quoted } from '../core/visible.ts';
import { type AskedStore, askedStore } from './install/ask-store.ts';
import { bindTenants, refuseMoved, type TenantsToBind } from './install/bind-tenants.ts';
import { dropOldRoles, dropOldWriters, installRoles, installValidation } from './install/install-access.ts';
import { installIndexes, type Waiting } from './install/install-indexes.ts';
import { checkUsers, checkWriter, dropOldWriter, installWriter } from './install/install-writer.ts';
import { isLedgerId } from './ledger-document.ts';
import { LEDGER_VERSION } from './ledger-version.ts';
import { noticesSinceIn } from './notices-since.ts';

/** The ledger's database, with two logins. */
export interface LedgerStores {
  /** The database with the login of the actions: COUCHDB_URL. */
  readonly store: CouchDatabase;
  /**
   * The same database with the login of an administrator: COUCHDB_ADMIN_URL. If the user of `store` is an
   * administrator, `store` itself.
   */
  readonly admin: CouchDatabase;
}

/**
 * Makes the database ready for the ledger, or upgrades it: the database, the user of the actions and its right to read
 * and write, the indexes, the version, the tenants' addresses. Each step first looks what is there. So a second run
 * completes a run that broke off, and otherwise changes nothing.
 *
 * While actions run, a new version of Cascade may give the roles (they are like groups of CouchDB's users) other names.
 * So the user gets the new role before the database asks for it. The old role goes later.
 *
 * @param bind - the tenants of the settings; default: none.
 * @param retention - RETENTION_DAYS, for how long documents are kept; default: what the ledger says already.
 * @param waiting - whom to inform while CouchDB builds the indexes of a large ledger; default: nobody.
 * @returns in words: what was changed, which indexes are not built yet, and what a person has to do.
 * @throws CascadeError STORE_UNAVAILABLE without a clear answer; STORE_REFUSED if CouchDB refuses a step, for example
 * because a right or CouchDB's own set-up is missing, or because somebody else deploys at the same moment;
 * DEPLOY_FAILED if the database is not for this deployment: another program, a newer Cascade or other tenants have it,
 * or `schema` or a `tenant:…` is spoilt; the reason of `waiting.signal` if a person ends the waiting.
 */
export async function installLedger(
  { store, admin }: LedgerStores,
  bind: TenantsToBind = { tenants: [], moved: [] },
  retention?: DurationMs,
  waiting: Waiting = { say: () => {} },
): Promise<readonly string[]> {
  const hasAdmin = admin !== store;
  const asked = askedStore(admin, { setting: hasAdmin ? 'COUCHDB_ADMIN_URL' : 'COUCHDB_URL', hasAdmin });
  // Whether the actions have another login than the installation. Then deployment creates and checks their user.
  const hasUser = store.authorization !== undefined && store.authorization !== admin.authorization;
  // These checks come first, so that nothing is changed if one of them refuses.
  await refuseOthers(asked);
  await refuseMoved(asked, bind);
  if (hasUser) await checkUsers(asked, store);
  const steps = [
    installDatabase,
    ...(hasUser ? [installWriter] : []),
    installRoles,
    installValidation,
    dropOldRoles,
    dropOldWriters,
    ...(hasUser ? [dropOldWriter] : []),
    () => installIndexes(asked, waiting),
    () => installVersion(asked, retention),
    () => bindTenants(asked, bind),
  ];
  const done: string[] = [];
  for (const step of steps) done.push(...(await step(asked, store)));
  await checkWriter(store, { setting: 'COUCHDB_URL', hasAdmin });
  return done;
}

async function installDatabase({ ask, database }: AskedStore): Promise<readonly string[]> {
  if ((await ask('GET', '', [200, 404])).status === 200) return [];
  // 412: somebody else has just created it (fact db-databases-01).
  await ask('PUT', '', [201, 202, 412]);
  return [`database ${database}`];
}

/** What the document `schema` says about the ledger as a whole. */
interface Version {
  /** The ledger's version; 0 if there is no such document. */
  readonly version: number;
  readonly _rev?: string | undefined;
  /** RETENTION_DAYS of the deployed receiver. */
  readonly retentionDays?: number | undefined;
  /** Since when people are notified: see notices-since.ts. */
  readonly noticesSince?: EpochMs | undefined;
  /** The store's clock. */
  readonly at?: EpochMs | undefined;
}

/**
 * Reads the document `schema`. @throws CascadeError as `ask`; DEPLOY_FAILED if `schema` is not what a Cascade writes.
 */
async function versionIn({ ask, database }: AskedStore): Promise<Version> {
  const { status, body, at } = await ask('GET', SCHEMA_ID, [200, 404]);
  if (status === 404) return { version: 0, at };
  const { type, version, retentionDays } = body;
  if (type === 'schema' && typeof version === 'number' && version > 0) {
    const known = definedFields({ noticesSince: noticesSinceIn(body), at });
    return {
      version,
      _rev: textOf(body, '_rev'),
      ...known,
      ...(typeof retentionDays === 'number' && { retentionDays }),
    };
  }
  throw new CascadeError(
    'DEPLOY_FAILED',
    `Nothing was changed: the database ${database} has a document "${SCHEMA_ID}" that Cascade did not write like this. If another program uses that database, take another COUCHDB_DATABASE; if a person changed the document, it has to be { "schema": 1, "type": "schema", "version": ${LEDGER_VERSION} }.`,
  );
}

/** @throws CascadeError as `ask`; DEPLOY_FAILED if a newer Cascade, or another program, uses the database. */
async function refuseOthers(store: AskedStore): Promise<void> {
  const { version } = await versionIn(store);
  if (version === 0) await refuseForeign(store);
  if (version <= LEDGER_VERSION) return;
  throw new CascadeError(
    'DEPLOY_FAILED',
    `The ledger in ${store.database} is of version ${version}, and this Cascade knows up to ${LEDGER_VERSION}: a newer one was deployed. Deploy that, or take another COUCHDB_DATABASE.`,
  );
}

/** How many documents are looked at, at most. The first ones usually show whose database it is. */
const LOOKED_AT = 50;

/** Refuses another program's database: installing a ledger would change who may write there. */
async function refuseForeign({ ask, database }: AskedStore): Promise<void> {
  const { json } = await ask('GET', `_all_docs?limit=${LOOKED_AT}`, [200, 404]);
  const ids = (listIn(json, 'rows') ?? []).map((row) => memberOf(row, 'id'));
  const foreign = ids.find((id) => !isLedgerId(id) && !id.startsWith('_design/'));
  if (foreign === undefined) return;
  throw new CascadeError(
    'DEPLOY_FAILED',
    `Nothing was changed: the database ${database} is no ledger and not empty. It has a document ${quoted(foreign)}. Take another COUCHDB_DATABASE: deployment makes it.`,
  );
}

async function installVersion(store: AskedStore, retention: DurationMs | undefined): Promise<readonly string[]> {
  const { version, _rev, retentionDays: known, noticesSince: begun, at } = await versionIn(store);
  const retentionDays = retention === undefined ? known : retention / days(1);
  const noticesSince = begun ?? ((await hasSentNotices(store)) ? EVER : at);
  const isSameVersion = version === LEDGER_VERSION;
  if (isSameVersion && retentionDays === known && noticesSince === begun) return [];
  const facts = { schema: 1, type: 'schema', version: LEDGER_VERSION, retentionDays, noticesSince };
  await store.ask('PUT', SCHEMA_ID, [201], { _id: SCHEMA_ID, _rev, ...facts });
  if (version === 0) return [`version ${LEDGER_VERSION}`];
  return [
    ...(isSameVersion ? [] : [`version ${LEDGER_VERSION} in place of ${version}`]),
    ...(retentionDays === known ? [] : [`retention of ${retentionDays} days`]),
    ...(noticesSince === begun ? [] : ['since when people are notified']),
  ];
}

/** As `noticesSince`: people hear of ends from any time. */
const EVER = 0 as EpochMs;

/**
 * Whether Cascade has ever sent a message to people: then there is a document `channel:…`. If it has, but did not note
 * since when, people must also hear of an end from just before this deployment.
 */
async function hasSentNotices({ ask }: AskedStore): Promise<boolean> {
  const query = new URLSearchParams({ startkey: '"channel:"', endkey: '"channel:\ufff0"', limit: '1' });
  const { json } = await ask('GET', `_all_docs?${query}`, [200]);
  return (listIn(json, 'rows') ?? []).length > 0;
}
