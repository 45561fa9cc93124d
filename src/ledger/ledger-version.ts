/**
 * The version of the documents and indexes of the ledger, Cascade's memory in CouchDB. Deployment writes it into the
 * document `schema`. If `schema` has a greater one, a newer Cascade was deployed, and the deployment of this one is
 * refused. Whoever changes the form of the ledger raises this number.
 */
export const LEDGER_VERSION = 1;
