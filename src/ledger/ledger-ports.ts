import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../core/units.ts';
import type { LedgerLog } from './ledger-log.ts';
import type { Patience } from './patient-store.ts';

/** What an action needs from the world to change documents of the ledger, which is Cascade's memory in CouchDB. */
export interface LedgerPorts extends Patience {
  readonly store: CouchPort;
  readonly log: LedgerLog;
}

/** The store's clock (CouchDB's), and that of this machine. */
interface Clocks {
  readonly store: Pick<CouchPort, 'now'>;
  readonly now: () => EpochMs;
}

/** The store's clock. Before the store's first answer it is the clock of this machine. */
export const storeTime = ({ store, now }: Clocks): EpochMs => store.now() ?? now();
