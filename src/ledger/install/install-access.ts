/*
 * The steps of deployment that say who may use the ledger (Cascade's memory, a database in CouchDB). CouchDB lets users
 * in by their roles, which are like groups. A user with one of the ledger's roles may read it. A function in the
 * database decides who may write what.
 */

import { fieldOf, type JsonObject, objectOf, textOf } from '../../core/json-fields.ts';
import type { AskedStore } from './ask-store.ts';
import { mayWriteIn } from './may-write-in.ts';
import { isRenamed, OLD_ROLES, rolesFor } from './roles.ts';

const ACCESS = '_design/cascade-access';

/**
 * Gives the ledger's roles access to its database, in `_security`, where CouchDB keeps who may use a database. Roles
 * and users that had access before keep it.
 *
 * @returns what was changed, in words.
 */
export async function installRoles(store: AskedStore): Promise<readonly string[]> {
  const { reader, desk, writer } = rolesFor(store.database);
  const isChanged = await changeMembers(store, (members) => withRoles(members, [reader, desk, writer]));
  return isChanged ? [`roles ${reader}, ${desk} and ${writer}`] : [];
}

/**
 * Installs the function by which CouchDB decides who may write what: see `mayWriteIn`.
 *
 * @returns what was changed, in words.
 */
export async function installValidation({ ask, database }: AskedStore): Promise<readonly string[]> {
  const validate_doc_update = mayWriteIn(database);
  const { body } = await ask('GET', ACCESS, [200, 404]);
  if (textOf(body, 'validate_doc_update') === validate_doc_update) return [];
  const _rev = textOf(body, '_rev');
  const document = { _id: ACCESS, ...(_rev !== undefined && { _rev }), language: 'javascript', validate_doc_update };
  await ask('PUT', ACCESS, [201], document);
  return ['write access for writers, and for the desk’s acts'];
}

/**
 * Removes the access of the roles of earlier versions of Cascade. All ledgers on a server had them in common, so the
 * user of one could read the others. A ledger in the database `cascade` keeps them: they are its own. This step comes
 * after `installWriter`, which gives the user of the actions the new role.
 *
 * @returns what was changed, in words.
 */
export async function dropOldRoles(store: AskedStore): Promise<readonly string[]> {
  if (!isRenamed(rolesFor(store.database))) return [];
  const { reader, writer } = OLD_ROLES;
  const isChanged = await changeMembers(store, (members) => withoutRoles(members, [reader, writer]));
  return isChanged ? [`no more access for ${reader} and ${writer}`] : [];
}

/**
 * Removes `writers` from `_security`. Earlier versions of Cascade wrote this list for their embedded store (a small
 * CouchDB of `npm start`); CouchDB ignores it. `installValidation` has to come before this, because its function now
 * says who may write.
 *
 * @returns what was changed, in words.
 */
export async function dropOldWriters({ ask }: AskedStore): Promise<readonly string[]> {
  const { writers, ...security } = (await ask('GET', '_security', [200])).body;
  if (writers === undefined) return [];
  await ask('PUT', '_security', [200, 201], security);
  return ['no more writers in _security'];
}

/**
 * Changes the members in `_security`: the users and roles that may read the database. Returns whether there was
 * anything to change.
 */
async function changeMembers(
  { ask }: AskedStore,
  change: (members: JsonObject) => JsonObject | undefined,
): Promise<boolean> {
  const { body } = await ask('GET', '_security', [200]);
  const members = change(objectOf(body, 'members'));
  if (members === undefined) return false;
  await ask('PUT', '_security', [200, 201], { ...body, members });
  return true;
}

/** The roles that a group of `_security` names. */
export function rolesIn(group: JsonObject): readonly unknown[] {
  const roles = fieldOf(group, 'roles');
  return Array.isArray(roles) ? roles : [];
}

/** The group with these roles added; undefined if it has them. */
function withRoles(group: JsonObject, roles: readonly string[]): JsonObject | undefined {
  const present = rolesIn(group);
  const missing = roles.filter((role) => !present.includes(role));
  return missing.length === 0 ? undefined : { names: [], ...group, roles: [...present, ...missing] };
}

/** The group without these roles; undefined if it has none of them. */
function withoutRoles(group: JsonObject, roles: readonly unknown[]): JsonObject | undefined {
  const present = rolesIn(group);
  const left = present.filter((role) => !roles.includes(role));
  return left.length === present.length ? undefined : { ...group, roles: left };
}
