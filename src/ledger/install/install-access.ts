import { fieldOf, type JsonObject, objectOf, textOf } from '../../core/json-fields.ts';
import type { AskedStore } from './ask-store.ts';
import { isRenamed, type LedgerRoles, mayWriteIn, OLD_ROLES, rolesFor } from './roles.ts';

const ACCESS = '_design/cascade-access';

/**
 * Gives access to users who have the ledger's roles. Roles and users that have access already keep it.
 *
 * A CouchDB decides about writes by `validate_doc_update`. The embedded store runs no such function: it decides by
 * `writers` in `_security` (docs/store.md). It takes a function only if `writers` is set, so this step comes before
 * `installValidation`.
 *
 * @returns what was changed, in words.
 */
export async function installRoles(store: AskedStore): Promise<readonly string[]> {
  const roles = rolesFor(store.database);
  const isChanged = await changeRoles(store, roles, withRoles);
  return isChanged ? [`roles ${roles.reader} and ${roles.writer}`] : [];
}

/**
 * Lets only writers and administrators write.
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
  return ['write access for writers only'];
}

/**
 * Removes the access of the roles of earlier versions, which all ledgers on a server had in common. Running actions may
 * have these roles until now, so this step comes late.
 *
 * @returns what was changed, in words.
 */
export async function dropOldRoles(store: AskedStore): Promise<readonly string[]> {
  const isChanged = isRenamed(rolesFor(store.database)) && (await changeRoles(store, OLD_ROLES, withoutRoles));
  return isChanged ? [`no more access for ${OLD_ROLES.reader} and ${OLD_ROLES.writer}`] : [];
}

/** Changes who may read and write. Returns false if there was nothing to change. */
async function changeRoles(
  { ask }: AskedStore,
  { reader, writer }: LedgerRoles,
  change: (group: JsonObject, roles: readonly string[]) => JsonObject | undefined,
): Promise<boolean> {
  const { body } = await ask('GET', '_security', [200]);
  const members = change(objectOf(body, 'members'), [reader, writer]);
  const writers = change(objectOf(body, 'writers'), [writer]);
  if (members === undefined && writers === undefined) return false;
  await ask('PUT', '_security', [200, 201], { ...body, ...(members && { members }), ...(writers && { writers }) });
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
