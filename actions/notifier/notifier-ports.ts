/*
 * The action `notifier` sends people notices by channels, such as Slack. This file lists what the action needs from the
 * world, so that tests can put other parts in place of CouchDB and Slack.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Channel, ChannelPort } from '../../src/clients/outbound/channel-port.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import type { OneAtATime } from './one-at-a-time.ts';

/** What the action `notifier` needs from the world. */
export interface NotifierPorts {
  readonly store: CouchPort;
  /** The channels that the settings name. */
  readonly channels: readonly Channel[];
  readonly send: ChannelPort;
  readonly chains: CompiledChains;
  /**
   * The address of the dashboard's page, for links. Undefined if there is no dashboard, or its settings are malformed.
   */
  readonly page?: string | undefined;
  readonly traceId: string;
  /** The instant at which the activation must have ended, by the clock `now`. */
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  /** A clock in milliseconds for durations: only differences of its values have a meaning. */
  readonly stopwatch: () => number;
  readonly log: LedgerLog;
}

/** What sending to several channels at the same time needs. */
export interface ServePorts extends NotifierPorts {
  /** Whether the sweep brought documents, whose notices have waited. */
  readonly isSwept: boolean;
  /** Runs changes of documents one after another, because several channels may want to change the same document. */
  readonly alone: OneAtATime;
}

/** The result of one try to send a message to a channel. */
export interface GroupSent {
  /** How many notices the channel took. */
  readonly notices: number;
  /** True if this activation sends the channel nothing more, for example because no notice is due. */
  readonly isOver: boolean;
}
