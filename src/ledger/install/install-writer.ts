import type { CouchDatabase } from '../../clients/couchdb/couch-database.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import { fieldOf, isJsonObject, objectOf } from '../../core/json-fields.ts';
import { type AskStore, demand } from './ask-store.ts';
import { WRITER_ROLE } from './install-access.ts';

/**
 * Makes the user of COUCHDB_URL, or gives it the role of a writer; its password is never changed.
 *
 * @returns what was changed, in words.
 * @throws CascadeError STORE_REFUSED where the server keeps no users or does not let us.
 */
export async function installWriter(ask: AskStore, store: CouchDatabase): Promise<readonly string[]> {
  const { name, password } = credentialsIn(store);
  const id = `org.couchdb.user:${name}`;
  const path = `/_users/${encodeURIComponent(id)}`;
  const { status, json } = demand(await ask('GET', path), 200, 404);
  if (status === 404) {
    const user = { _id: id, type: 'user', name, password, roles: [WRITER_ROLE] };
    demand(await ask('PUT', path, user), 201);
    return [`user ${name}`];
  }
  const user = isJsonObject(json) ? json : {};
  const roles = rolesIn(user);
  if (roles.includes(WRITER_ROLE)) return [];
  demand(await ask('PUT', path, { ...user, roles: [...roles, WRITER_ROLE] }), 201);
  return [`role ${WRITER_ROLE} of user ${name}`];
}

/** @throws CascadeError STORE_REFUSED where the user of COUCHDB_URL could not write. */
export async function checkWriter(ask: AskStore, store: CouchDatabase): Promise<void> {
  const session = objectOf(bodyOf(demand(await ask('GET', '/_session'), 200).json), 'userCtx');
  const security = bodyOf(demand(await ask('GET', `/${store.database}/_security`), 200).json);
  const name = fieldOf(session, 'name');
  const roles = ['_admin', ...['admins', 'writers'].flatMap((group) => rolesIn(objectOf(security, group)))];
  const names = ['admins', 'writers'].flatMap((group) => textsIn(objectOf(security, group), 'names'));
  if (rolesIn(session).some((role) => roles.includes(role)) || names.some((each) => each === name)) return;
  throw new CascadeError(
    'STORE_REFUSED',
    `The user of COUCHDB_URL may not write the ledger: give it the role ${WRITER_ROLE} in CouchDB’s _users.`,
  );
}

const bodyOf = (json: unknown) => (isJsonObject(json) ? json : {});

const rolesIn = (object: Readonly<Record<string, unknown>>): readonly string[] => textsIn(object, 'roles');

function textsIn(object: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const list = fieldOf(object, name);
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
}

function credentialsIn({ authorization = '' }: CouchDatabase): { readonly name: string; readonly password: string } {
  const text = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
  const colon = text.indexOf(':');
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
