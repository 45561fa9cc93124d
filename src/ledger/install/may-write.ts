/**
 * The `validate_doc_update` of the ledger, run by CouchDB's own old JavaScript: who has the role of a writer and server
 * administrators write, nobody else does. It asks for the user's roles alone (facts db-auth-12, -14).
 */
export const mayWrite = `function (newDoc, oldDoc, user) {
  if (user.roles.indexOf('cascade-writer') !== -1 || user.roles.indexOf('_admin') !== -1) return;
  throw { forbidden: 'Only writers may change the ledger: give the user the role cascade-writer.' };
}`;
