/**
 * The version of the documents and indexes of the ledger, Cascade's memory. A Cascade that changes them raises this number,
 * and upgrades an older ledger.
 */
export const LEDGER_VERSION = 1;
