import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import type { LedgerLog } from './ledger-log.ts';
import type { Patience } from './patient-store.ts';

/** What an action needs from the world to change documents of the ledger, which is Cascade's memory in CouchDB. */
export interface LedgerPorts extends Patience {
  readonly store: CouchPort;
  readonly log: LedgerLog;
}
