import type { CouchDatabase } from '../../clients/couchdb/couch-database.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import { fieldOf, isJsonObject, objectOf } from '../../core/json-fields.ts';
import { type AskStore, askerOf, demand } from './ask-store.ts';
import { WRITER_ROLE } from './install-access.ts';

/**
 * Makes the user of COUCHDB_URL, or gives it the role of a writer; its password stays what it was.
 *
 * A user who is there is put back with the password of COUCHDB_URL, once that has logged in: what a server keeps of a
 * password that is not sent again is no fact of ours (db-auth-07 tells of users put with theirs).
 *
 * @returns what was changed, in words.
 * @throws CascadeError STORE_REFUSED where the server keeps no users, does not let us, or the user has another password.
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
  const user = bodyOf(json);
  const roles = textsIn(user, 'roles');
  if (roles.includes(WRITER_ROLE)) return [];
  await rolesOf(askerOf(store));
  demand(await ask('PUT', path, { ...user, password, roles: [...roles, WRITER_ROLE] }), 201);
  return [`role ${WRITER_ROLE} of user ${name}`];
}

/** @throws CascadeError STORE_REFUSED where the user of COUCHDB_URL cannot log in, or could not write. */
export async function checkWriter(store: CouchDatabase): Promise<void> {
  const roles = await rolesOf(askerOf(store));
  if (roles.includes(WRITER_ROLE) || roles.includes('_admin')) return;
  throw new CascadeError(
    'STORE_REFUSED',
    `The user of COUCHDB_URL may not write the ledger: give it the role ${WRITER_ROLE} in CouchDB’s _users.`,
  );
}

/** What a user is, by its own login. */
async function rolesOf(ask: AskStore): Promise<readonly string[]> {
  const { json } = demand(await ask('GET', '/_session'), 200);
  return textsIn(objectOf(bodyOf(json), 'userCtx'), 'roles');
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
