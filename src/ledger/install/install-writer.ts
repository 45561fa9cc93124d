/*
 * Creates and checks the user with whom Cascade's actions log in to CouchDB: the user of COUCHDB_URL. Usually this user
 * is no administrator, so that a mistake in an action cannot harm the server. A role, which is like a group of users,
 * lets it write into the ledger, Cascade's memory. Deployment calls these functions, and some commands ask for the
 * user's roles (`ownRoles`). To create the user, deployment logs in as an administrator (COUCHDB_ADMIN_URL).
 */

import type { CouchDatabase } from '../../clients/couchdb/couch-database.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import { fieldOf, type JsonObject, objectOf } from '../../core/json-fields.ts';
import { type AskedStore, type Asker, askedStore } from './ask-store.ts';
import { rolesIn } from './install-access.ts';
import { isRenamed, OLD_ROLES, rolesFor } from './roles.ts';

/** For `ownRoles` in this file: the login of COUCHDB_URL, while COUCHDB_ADMIN_URL is set, too. */
const ACTIONS: Asker = { setting: 'COUCHDB_URL', hasAdmin: true };

/**
 * Checks that the server can have users and, if the user of COUCHDB_URL exists, that its password is right. Deployment
 * calls this before it changes anything.
 *
 * @throws CascadeError STORE_REFUSED if not; STORE_UNAVAILABLE without a clear answer.
 */
export async function checkUsers(admin: AskedStore, store: CouchDatabase): Promise<void> {
  if ((await admin.ask('GET', '/_users', [200, 404])).status === 404) {
    throw new CascadeError(
      'STORE_REFUSED',
      `Nothing was changed: the CouchDB at ${store.url} is not set up yet. It has no database _users, where its users are. Set it up as a single node, at ${store.url}/_utils/#setup, or by "single_node=true" under [couchdb] in its local.ini and a restart; then deploy again.`,
    );
  }
  if ((await userOf(admin, store)).roles !== undefined) await ownRoles(store, ACTIONS);
}

/**
 * Creates the user of COUCHDB_URL with the role of a writer. If the user exists without this role, it gets the role.
 *
 * Such a user must first log in with the password of COUCHDB_URL. Then its document is written again, with the same
 * password, because we do not know what each server does without one (fact db-auth-07 is about users that are written
 * with a password).
 *
 * @returns what was changed, in words.
 * @throws CascadeError STORE_UNAVAILABLE without a clear answer; STORE_REFUSED if the server keeps no users or does not
 * let us, if the user has another password, or if the server does not show the new role.
 */
export async function installWriter(admin: AskedStore, store: CouchDatabase): Promise<readonly string[]> {
  const { writer } = rolesFor(store.database);
  const user = await userOf(admin, store);
  if (user.roles === undefined) {
    await user.put({ _id: `${USER}${user.name}`, type: 'user', name: user.name, roles: [writer] });
    return [`user ${user.name}`];
  }
  if (user.roles.includes(writer)) return [];
  await ownRoles(store, ACTIONS);
  await user.put({ roles: [...user.roles, writer] });
  await waitForRole(writer, store);
  return [`role ${writer} of user ${user.name}`];
}

/**
 * Removes the role of earlier versions of Cascade from the user of COUCHDB_URL. But if another database on the server
 * still gives this role access, the user keeps the role, because it may be the user of that ledger, too.
 *
 * @returns what was changed, or what a person has to do, in words.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function dropOldWriter(admin: AskedStore, store: CouchDatabase): Promise<readonly string[]> {
  const old = OLD_ROLES.writer;
  if (!isRenamed(rolesFor(store.database))) return [];
  const { name, roles, put } = await userOf(admin, store);
  if (!roles?.includes(old)) return [];
  const others = await databasesFor(old, admin);
  if (others.length > 0) {
    const named = others.slice(0, MOST_NAMED).join(', ');
    return [
      `user ${name} keeps the role ${old}, with which it reads ${named}: take it off in _users if it is not the user of that ledger`,
    ];
  }
  await put({ roles: roles.filter((role) => role !== old) });
  return [`no more role ${old} of user ${name}`];
}

/** How many databases the sentence names at most, so that it stays readable. */
const MOST_NAMED = 3;

/** The databases of the server to which a role gives access. */
async function databasesFor(role: string, { ask }: AskedStore): Promise<readonly string[]> {
  const names = textsIn((await ask('GET', '/_all_dbs', [200])).json);
  const found: string[] = [];
  for (const name of names.filter((each) => !each.startsWith('_'))) {
    // 404: the database was deleted after it was listed.
    const { body } = await ask('GET', `/${encodeURIComponent(name)}/_security`, [200, 404]);
    if (rolesIn(objectOf(body, 'members')).includes(role)) found.push(name);
  }
  return found;
}

/** How often the roles are read at most, without a pause. A server may show a user's earlier roles for a moment. */
const MOST_LOOKS = 50;

/**
 * Waits until the server knows the user's new role. Actions may run with this user now. If a later step made the
 * database ask for the role before the server knows it, they would be refused.
 */
async function waitForRole(role: string, store: CouchDatabase): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    if ((await ownRoles(store, ACTIONS)).includes(role)) return;
  }
  throw new CascadeError(
    'STORE_REFUSED',
    `CouchDB does not show the new role ${role} of the user of COUCHDB_URL yet. Deploy again in a minute.`,
  );
}

/**
 * Checks that the user of COUCHDB_URL can log in, and has the role of a writer or is an administrator.
 *
 * @throws CascadeError STORE_REFUSED if not; STORE_UNAVAILABLE without a clear answer.
 */
export async function checkWriter(store: CouchDatabase, asker: Asker): Promise<void> {
  const { writer } = rolesFor(store.database);
  const roles = await ownRoles(store, asker);
  if (roles.includes(writer) || roles.includes('_admin')) return;
  throw new CascadeError(
    'STORE_REFUSED',
    `The user of COUCHDB_URL may not write the ledger: give it the role ${writer} in CouchDB’s _users.`,
  );
}

/**
 * The roles of a store's own user.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function ownRoles(store: CouchDatabase, asker: Asker): Promise<readonly string[]> {
  const { body } = await askedStore(store, asker).ask('GET', '/_session', [200]);
  return textsIn(fieldOf(objectOf(body, 'userCtx'), 'roles'));
}

/** The ids of users' documents in CouchDB begin with this. */
const USER = 'org.couchdb.user:';

/** The user of COUCHDB_URL. */
interface User {
  readonly name: string;
  /** Undefined if there is no such user. */
  readonly roles: readonly string[] | undefined;
  /** Writes the user's document with these fields changed, and with the password of COUCHDB_URL. */
  put(changes: JsonObject): Promise<unknown>;
}

/** Reads the user whose name and password are in COUCHDB_URL. */
async function userOf({ ask }: AskedStore, { authorization = '' }: CouchDatabase): Promise<User> {
  const credentials = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
  const colon = credentials.indexOf(':');
  const [name, password] = [credentials.slice(0, colon), credentials.slice(colon + 1)];
  const path = `/_users/${encodeURIComponent(`${USER}${name}`)}`;
  const { status, body } = await ask('GET', path, [200, 404]);
  return {
    name,
    roles: status === 404 ? undefined : textsIn(fieldOf(body, 'roles')),
    put: (changes) => ask('PUT', path, [201], { ...body, ...changes, password }),
  };
}

const textsIn = (list: unknown): readonly string[] =>
  Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
