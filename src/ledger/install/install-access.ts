import { fieldOf, isJsonObject, type JsonObject, objectOf, textOf } from '../../core/json-fields.ts';
import { type AskStore, demand } from './ask-store.ts';
import { mayWriteIn } from './may-write.ts';
import { isRenamed, OLD_ROLES, rolesFor } from './roles.ts';

const ACCESS = '_design/cascade-access';

/**
 * Lets who has the ledger's roles in; who was let in before stays.
 *
 * `writers` in `_security` is for the embedded store alone, and comes before the function: it runs none, and takes one only
 * where `writers`, which does the same there, is set (docs/store.md). A CouchDB goes by the function.
 *
 * @returns what was changed, in words.
 */
export async function installRoles(ask: AskStore, database: string): Promise<readonly string[]> {
  const { reader, writer } = rolesFor(database);
  const security = await securityOf(ask, database);
  const members = withRoles(objectOf(security, 'members'), reader, writer);
  const writers = withRoles(objectOf(security, 'writers'), writer);
  if (members === undefined && writers === undefined) return [];
  await putSecurity(ask, database, { ...security, ...(members && { members }), ...(writers && { writers }) });
  return [`roles ${reader} and ${writer}`];
}

/** Lets only writers and administrators write. @returns what was changed, in words. */
export async function installValidation(ask: AskStore, database: string): Promise<readonly string[]> {
  const path = `/${database}/${ACCESS}`;
  const mayWrite = mayWriteIn(database);
  const wanted = { language: 'javascript', validate_doc_update: mayWrite };
  const found = demand(await ask('GET', path), 200, 404);
  const present = found.status === 200 && isJsonObject(found.json) ? found.json : {};
  if (textOf(present, 'validate_doc_update') === mayWrite) return [];
  const rev = textOf(present, '_rev');
  demand(await ask('PUT', path, { ...wanted, _id: ACCESS, ...(rev !== undefined && { _rev: rev }) }), 201);
  return ['write access for writers only'];
}

/**
 * Lets the roles of earlier versions in no longer: every ledger on the server had the same. Last of all, as who runs has
 * them until then.
 *
 * @returns what was changed, in words.
 */
export async function dropOldRoles(ask: AskStore, database: string): Promise<readonly string[]> {
  if (!isRenamed(rolesFor(database))) return [];
  const { reader, writer } = OLD_ROLES;
  const security = await securityOf(ask, database);
  const members = withoutRoles(objectOf(security, 'members'), reader, writer);
  const writers = withoutRoles(objectOf(security, 'writers'), writer);
  if (members === undefined && writers === undefined) return [];
  await putSecurity(ask, database, { ...security, ...(members && { members }), ...(writers && { writers }) });
  return [`no more access for ${reader} and ${writer}`];
}

/**
 * Who is let into a database.
 *
 * @param also - a status that means that nobody is.
 */
export async function securityOf(ask: AskStore, database: string, ...also: readonly number[]): Promise<JsonObject> {
  const { status, json } = demand(await ask('GET', `/${database}/_security`), 200, ...also);
  return status === 200 && isJsonObject(json) ? json : {};
}

const putSecurity = async (ask: AskStore, database: string, wanted: JsonObject): Promise<void> => {
  demand(await ask('PUT', `/${database}/_security`, wanted), 200, 201);
};

/** The roles that a group of `_security` names. */
export function rolesIn(group: JsonObject): readonly unknown[] {
  const given = fieldOf(group, 'roles');
  return Array.isArray(given) ? given : [];
}

/** The group with these roles beside its own; undefined if it has them. */
function withRoles(group: JsonObject, ...roles: readonly string[]): JsonObject | undefined {
  const present = rolesIn(group);
  const missing = roles.filter((role) => !present.includes(role));
  return missing.length === 0 ? undefined : { names: [], ...group, roles: [...present, ...missing] };
}

/** The group without these roles; undefined if it has none of them. */
function withoutRoles(group: JsonObject, ...roles: readonly unknown[]): JsonObject | undefined {
  const present = rolesIn(group);
  const left = present.filter((role) => !roles.includes(role));
  return left.length === present.length ? undefined : { ...group, roles: left };
}
