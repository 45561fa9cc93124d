/**
 * The `validate_doc_update` of the ledger, run by CouchDB's own old JavaScript: administrators and the `writers` of
 * `_security` write, nobody else does.
 */
export const mayWrite = `function (newDoc, oldDoc, user, security) {
  function isIn(group) {
    var names = (group && group.names) || [];
    var roles = (group && group.roles) || [];
    if (user.name !== null && names.indexOf(user.name) !== -1) return true;
    for (var i = 0; i < user.roles.length; i++) {
      if (roles.indexOf(user.roles[i]) !== -1) return true;
    }
    return false;
  }
  if (user.roles.indexOf('_admin') !== -1 || isIn(security.admins) || isIn(security.writers)) return;
  throw { forbidden: 'Only writers may change the ledger: give the user the role cascade-writer.' };
}`;
