/**
 * The version of the ledger's documents and indexes. A Cascade that changes them raises this number, and upgrades an
 * older ledger.
 */
export const LEDGER_VERSION = 1;
