/** The roles of CouchDB's users by which a ledger tells who may do what. */
export interface LedgerRoles {
  /** Who has it reads the ledger. */
  readonly reader: string;
  /** Who has it reads and writes the ledger; the user of COUCHDB_URL needs it. */
  readonly writer: string;
}

/** The roles of a database's ledger: its own, so that the user of one deployment cannot read another's. */
export const rolesFor = (database: string): LedgerRoles => ({
  reader: `${database}-reader`,
  writer: `${database}-writer`,
});

/** What earlier versions called the roles of every ledger; those of a database called `cascade` still are. */
export const OLD_ROLES: LedgerRoles = rolesFor('cascade');

/** Whether a ledger's roles have changed their names since earlier versions. */
export const isRenamed = ({ writer }: LedgerRoles): boolean => writer !== OLD_ROLES.writer;
