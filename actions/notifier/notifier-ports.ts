import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Channel, ChannelPort } from '../../src/clients/outbound/channel-port.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import type { OneAtATime } from './one-at-a-time.ts';

/** What the action `notifier` needs from the world to send people notices by channels, such as Slack. */
export interface NotifierPorts {
  readonly store: CouchPort;
  /** The channels that the settings have. */
  readonly channels: readonly Channel[];
  readonly send: ChannelPort;
  readonly chains: CompiledChains;
  /** The address of the dashboard's page, for links; undefined if there is no dashboard. */
  readonly page?: string | undefined;
  readonly traceId: string;
  /** When the activation has to be over, by `now`. */
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  /** A clock in milliseconds that never jumps. It does not matter when it began. */
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

/** The store's clock. Before the store's first answer it is the container's clock. */
export const storeTime = ({ store, now }: Pick<NotifierPorts, 'store' | 'now'>): EpochMs => store.now() ?? now();
