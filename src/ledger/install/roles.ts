/**
 * The roles that give a user of CouchDB access to a ledger, Cascade's memory in one database. Deployment lets them in,
 * `cascade user` gives roles to people, and the dashboard asks which of them its user has.
 */
export interface LedgerRoles {
  /** Users with this role read the ledger. */
  readonly reader: string;
  /**
   * Users with this role read the ledger, and add acts in their own name. An act is what a person did, for example, to
   * a ticket.
   */
  readonly desk: string;
  /** Users with this role read and write the ledger. The user of COUCHDB_URL needs it. */
  readonly writer: string;
}

/**
 * The roles of a database's ledger. They have the database's name, so that the user of one ledger cannot read another.
 */
export const rolesFor = (database: string): LedgerRoles => ({
  reader: `${database}-reader`,
  desk: `${database}-desk`,
  writer: `${database}-writer`,
});

/**
 * The roles that all ledgers had in earlier versions of Cascade. The ledger of a database called `cascade` still has
 * them.
 */
export const OLD_ROLES: Omit<LedgerRoles, 'desk'> = rolesFor('cascade');

/** Whether a ledger's roles differ from those of earlier versions: its database is not called `cascade`. */
export const isRenamed = ({ writer }: LedgerRoles): boolean => writer !== OLD_ROLES.writer;
