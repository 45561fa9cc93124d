/** The roles of CouchDB's users that give access to a ledger, that is, to Cascade's memory in one database. */
export interface LedgerRoles {
  /** Users with this role read the ledger. */
  readonly reader: string;
  /** Users with this role read the ledger, and add acts (what a person did to a ticket, for example) in their own name. */
  readonly desk: string;
  /** Users with this role read and write the ledger. The user of COUCHDB_URL needs it. */
  readonly writer: string;
}

/** The roles of a database's ledger. Each ledger has its own, so that the user of one cannot read another. */
export const rolesFor = (database: string): LedgerRoles => ({
  reader: `${database}-reader`,
  desk: `${database}-desk`,
  writer: `${database}-writer`,
});

/** The roles that every ledger had in earlier versions; a database called `cascade` still has them. */
export const OLD_ROLES: Omit<LedgerRoles, 'desk'> = rolesFor('cascade');

/** Whether a ledger's roles differ from those of earlier versions. */
export const isRenamed = ({ writer }: LedgerRoles): boolean => writer !== OLD_ROLES.writer;
