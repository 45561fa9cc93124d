/** The roles of CouchDB's users that a ledger knows. */
export interface LedgerRoles {
  /** It reads the ledger. */
  readonly reader: string;
  /** It reads and writes the ledger; the user of COUCHDB_URL needs it. */
  readonly writer: string;
}

/** The roles of a database's ledger. Each ledger has its own, so that the user of one cannot read another. */
export const rolesFor = (database: string): LedgerRoles => ({
  reader: `${database}-reader`,
  writer: `${database}-writer`,
});

/** The roles that every ledger had in earlier versions; a database called `cascade` still has them. */
export const OLD_ROLES: LedgerRoles = rolesFor('cascade');

/** Whether a ledger's roles differ from those of earlier versions. */
export const isRenamed = ({ writer }: LedgerRoles): boolean => writer !== OLD_ROLES.writer;

/**
 * The `validate_doc_update` of a database's ledger: only users with the role of a writer and server administrators may
 * write. CouchDB runs it in an old JavaScript. It asks for the user's roles alone (facts db-auth-12, -14).
 */
export function mayWriteIn(database: string): string {
  const { writer } = rolesFor(database);
  return `function (newDoc, oldDoc, user) {
  if (user.roles.indexOf('${writer}') !== -1 || user.roles.indexOf('_admin') !== -1) return;
  throw { forbidden: 'Only writers may change the ledger: give the user the role ${writer}.' };
}`;
}
