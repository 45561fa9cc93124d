import { fieldOf, isJsonObject, type JsonObject, objectOf, textOf } from '../../core/json-fields.ts';
import { type AskStore, demand } from './ask-store.ts';
import { mayWrite } from './may-write.ts';

/** Who has this role reads the ledger. */
export const READER_ROLE = 'cascade-reader';
/** Who has this role reads and writes it; the user of COUCHDB_URL needs it. */
export const WRITER_ROLE = 'cascade-writer';

const ACCESS = '_design/cascade-access';

/**
 * Lets members read, and only writers and administrators write.
 *
 * `writers` in `_security` is for the embedded store alone, and comes first: it runs no function, and takes one only where
 * `writers`, which does the same there, is set (docs/store.md). A CouchDB goes by the function.
 *
 * @returns what was changed, in words.
 */
export async function installAccess(ask: AskStore, database: string): Promise<readonly string[]> {
  return [...(await installSecurity(ask, database)), ...(await installValidation(ask, database))];
}

async function installSecurity(ask: AskStore, database: string): Promise<readonly string[]> {
  const path = `/${database}/_security`;
  const { json } = demand(await ask('GET', path), 200);
  const security = isJsonObject(json) ? json : {};
  const members = withRoles(objectOf(security, 'members'), READER_ROLE, WRITER_ROLE);
  const writers = withRoles(objectOf(security, 'writers'), WRITER_ROLE);
  if (members === undefined && writers === undefined) return [];
  const wanted = { ...security, ...(members && { members }), ...(writers && { writers }) };
  demand(await ask('PUT', path, wanted), 200, 201);
  return [`roles ${READER_ROLE} and ${WRITER_ROLE}`];
}

/** The group with these roles beside its own; undefined where it has them. */
function withRoles(group: JsonObject, ...roles: readonly string[]): JsonObject | undefined {
  const given = fieldOf(group, 'roles');
  const present: readonly unknown[] = Array.isArray(given) ? given : [];
  const missing = roles.filter((role) => !present.includes(role));
  return missing.length === 0 ? undefined : { names: [], ...group, roles: [...present, ...missing] };
}

async function installValidation(ask: AskStore, database: string): Promise<readonly string[]> {
  const path = `/${database}/${ACCESS}`;
  const wanted = { language: 'javascript', validate_doc_update: mayWrite };
  const found = demand(await ask('GET', path), 200, 404);
  const present = found.status === 200 && isJsonObject(found.json) ? found.json : {};
  if (textOf(present, 'validate_doc_update') === mayWrite) return [];
  const rev = textOf(present, '_rev');
  demand(await ask('PUT', path, { ...wanted, _id: ACCESS, ...(rev !== undefined && { _rev: rev }) }), 201);
  return ['write access for writers only'];
}
