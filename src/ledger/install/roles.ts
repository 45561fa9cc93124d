/** The roles of CouchDB's users that give access to a ledger. */
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

/**
 * The roles of earlier versions, which all ledgers had in common. The ledger in a database called `cascade` still has
 * them.
 */
export const OLD_ROLES: LedgerRoles = rolesFor('cascade');

/** Whether a ledger's roles differ from those of earlier versions. */
export const isRenamed = ({ writer }: LedgerRoles): boolean => writer !== OLD_ROLES.writer;

/**
 * The `validate_doc_update` of a ledger's database. Only server administrators and users with the role of a writer may
 * write. CouchDB runs this function in an old JavaScript. It looks only at the user's roles (facts db-auth-12, -14).
 */
export function mayWriteIn(database: string): string {
  const { writer } = rolesFor(database);
  return `function (newDoc, oldDoc, user) {
  if (user.roles.indexOf('${writer}') !== -1 || user.roles.indexOf('_admin') !== -1) return;
  throw { forbidden: 'Only writers may change the ledger: give the user the role ${writer}.' };
}`;
}
