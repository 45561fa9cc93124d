import type { CouchDatabase } from '../../clients/couchdb/couch-database.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import { fieldOf, isJsonObject, objectOf } from '../../core/json-fields.ts';
import { type Asker, type AskStore, askerOf, demand } from './ask-store.ts';
import { rolesIn, securityOf } from './install-access.ts';
import { isRenamed, OLD_ROLES, rolesFor } from './roles.ts';

/** The user of COUCHDB_URL, beside an administrator. */
const ACTIONS: Asker = { setting: 'COUCHDB_URL', hasAdmin: true };

/**
 * Looks before anything is made: can the server have users, and does it take the password of COUCHDB_URL if its user is
 * there already?
 *
 * @throws CascadeError STORE_REFUSED if not.
 */
export async function checkUsers(ask: AskStore, store: CouchDatabase): Promise<void> {
  if (demand(await ask('GET', '/_users'), 200, 404).status === 404) {
    throw new CascadeError(
      'STORE_REFUSED',
      `Nothing was changed: the CouchDB at ${store.url} is not set up yet. It has no database _users, where its users are. Set it up as a single node, at ${store.url}/_utils/#setup, or by "single_node=true" under [couchdb] in its local.ini and a restart; then deploy again.`,
    );
  }
  if ((await userOf(ask, store)) !== undefined) await rolesOf(askerOf(store, ACTIONS));
}

/**
 * Makes the user of COUCHDB_URL, or gives it the role of a writer; its password stays what it was.
 *
 * A user who is there is put back with the password of COUCHDB_URL, once that has logged in: what a server keeps of a
 * password that is not sent again is no fact of ours (db-auth-07 tells of users put with theirs).
 *
 * @returns what was changed, in words.
 * @throws CascadeError STORE_REFUSED if the server keeps no users, does not let us, or the user has another password.
 */
export async function installWriter(ask: AskStore, store: CouchDatabase): Promise<readonly string[]> {
  const { writer } = rolesFor(store.database);
  const found = await userOf(ask, store);
  const { name, password } = credentialsIn(store);
  if (found === undefined) {
    const user = { _id: `${USER}${name}`, type: 'user', name, password, roles: [writer] };
    demand(await ask('PUT', pathOf(name), user), 201);
    return [`user ${name}`];
  }
  const roles = textsIn(found, 'roles');
  if (roles.includes(writer)) return [];
  await rolesOf(askerOf(store, ACTIONS));
  demand(await ask('PUT', pathOf(name), { ...found, password, roles: [...roles, writer] }), 201);
  await demandSeen(writer, store);
  return [`role ${writer} of user ${name}`];
}

/**
 * Takes the role of earlier versions from the user of COUCHDB_URL: with it, it reads every ledger that still lets that role
 * in. If there is such a one on the server the user keeps it, since it may be the user of that ledger, too.
 *
 * @returns what was changed, or is left to a person, in words.
 */
export async function dropOldWriter(ask: AskStore, store: CouchDatabase): Promise<readonly string[]> {
  const roles = rolesFor(store.database);
  const found = isRenamed(roles) ? await userOf(ask, store) : undefined;
  const old = OLD_ROLES.writer;
  if (found === undefined || !textsIn(found, 'roles').includes(old)) return [];
  const { name, password } = credentialsIn(store);
  const others = await databasesFor(old, ask);
  if (others.length > 0) {
    const named = others.slice(0, MOST_NAMED).join(', ');
    return [
      `user ${name} keeps the role ${old}, with which it reads ${named}: take it off in _users if it is not the user of that ledger`,
    ];
  }
  const left = textsIn(found, 'roles').filter((role) => role !== old);
  demand(await ask('PUT', pathOf(name), { ...found, password, roles: left }), 201);
  return [`no more role ${old} of user ${name}`];
}

const MOST_NAMED = 3;

/** The databases of the server that let a role in. */
async function databasesFor(role: string, ask: AskStore): Promise<readonly string[]> {
  const { json } = demand(await ask('GET', '/_all_dbs'), 200);
  const names = (Array.isArray(json) ? json : []).filter((name): name is string => typeof name === 'string');
  const found: string[] = [];
  for (const name of names.filter((each) => !each.startsWith('_'))) {
    // A database may be deleted since it was listed: it lets nobody in.
    const security = await securityOf(ask, encodeURIComponent(name), 404);
    if (rolesIn(objectOf(security, 'members')).includes(role)) found.push(name);
  }
  return found;
}

/** A server may know a user's roles of before for a moment. */
const MOST_LOOKS = 50;

/**
 * Makes sure that the server has taken up a user's new role, before anything asks for it: who runs with that user must not be
 * refused in between.
 */
async function demandSeen(role: string, store: CouchDatabase): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    if ((await rolesOf(askerOf(store, ACTIONS))).includes(role)) return;
  }
  throw new CascadeError(
    'STORE_REFUSED',
    `CouchDB does not show the new role ${role} of the user of COUCHDB_URL yet. Deploy again in a minute.`,
  );
}

/** @throws CascadeError STORE_REFUSED if the user of COUCHDB_URL cannot log in, or could not write. */
export async function checkWriter(store: CouchDatabase, asker: Asker): Promise<void> {
  const { writer } = rolesFor(store.database);
  const roles = await rolesOf(askerOf(store, asker));
  if (roles.includes(writer) || roles.includes('_admin')) return;
  throw new CascadeError(
    'STORE_REFUSED',
    `The user of COUCHDB_URL may not write the ledger: give it the role ${writer} in CouchDB’s _users.`,
  );
}

/**
 * The roles of a user, by its own login.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function rolesOf(ask: AskStore): Promise<readonly string[]> {
  const { json } = demand(await ask('GET', '/_session'), 200);
  return textsIn(objectOf(bodyOf(json), 'userCtx'), 'roles');
}

const USER = 'org.couchdb.user:';
const pathOf = (name: string): string => `/_users/${encodeURIComponent(`${USER}${name}`)}`;

/** The document of the user of COUCHDB_URL; undefined if there is none. */
async function userOf(ask: AskStore, store: CouchDatabase): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { status, json } = demand(await ask('GET', pathOf(credentialsIn(store).name)), 200, 404);
  return status === 404 ? undefined : bodyOf(json);
}

const bodyOf = (json: unknown) => (isJsonObject(json) ? json : {});

function textsIn(object: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const list = fieldOf(object, name);
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
}

function credentialsIn({ authorization = '' }: CouchDatabase): { readonly name: string; readonly password: string } {
  const text = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
  const colon = text.indexOf(':');
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
