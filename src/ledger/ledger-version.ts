/**
 * The version of the documents and indexes of the ledger, Cascade's memory in CouchDB. Deployment writes it into the
 * document `schema`. So an older Cascade finds out that a newer one was deployed, and leaves the ledger alone. Whoever
 * changes the form of the ledger raises this number.
 */
export const LEDGER_VERSION = 1;
