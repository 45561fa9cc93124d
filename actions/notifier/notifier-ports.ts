import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Channel, ChannelPort } from '../../src/clients/outbound/channel-port.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import type { OneAtATime } from './one-at-a-time.ts';

/** What the notifier needs from the world. */
export interface NotifierPorts {
  readonly store: CouchPort;
  /** Those of the settings. */
  readonly channels: readonly Channel[];
  readonly send: ChannelPort;
  readonly chains: CompiledChains;
  readonly traceId: string;
  /** When the activation has to be over, by `now`. */
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  /** In milliseconds, from any beginning: it never jumps. */
  readonly stopwatch: () => number;
  readonly log: LedgerLog;
}

/** What serving channels needs. */
export interface ServePorts extends NotifierPorts {
  /** Keeps the changes of one document by several channels apart. */
  readonly alone: OneAtATime;
}

/** What came of a message: how many notices the channel took, and whether more can be sent to it now. */
export interface GroupSent {
  readonly notices: number;
  readonly isOver: boolean;
}

/** The store's clock; before its first answer the container's. */
export const storeTime = ({ store, now }: Pick<NotifierPorts, 'store' | 'now'>): EpochMs => store.now() ?? now();
