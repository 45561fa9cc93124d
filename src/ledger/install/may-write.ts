import { rolesFor } from './roles.ts';

/**
 * The `validate_doc_update` of a database's ledger, run by CouchDB's own old JavaScript: who has the role of a writer and
 * server administrators write, nobody else does. It asks for the user's roles alone (facts db-auth-12, -14).
 */
export function mayWriteIn(database: string): string {
  const { writer } = rolesFor(database);
  return `function (newDoc, oldDoc, user) {
  if (user.roles.indexOf('${writer}') !== -1 || user.roles.indexOf('_admin') !== -1) return;
  throw { forbidden: 'Only writers may change the ledger: give the user the role ${writer}.' };
}`;
}
