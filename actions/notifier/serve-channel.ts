import type { Channel } from '../../src/clients/outbound/channel-port.ts';
import { addMs, seconds } from '../../src/core/units.ts';
import type { ServePorts } from './notifier-ports.ts';
import { sendGroup } from './send-group.ts';

/** How many messages and notices one channel took. A notice is one thing that people should hear, such as a failure. */
export interface Served {
  readonly messages: number;
  readonly notices: number;
}

/**
 * If less time than this is left, no further message is begun: a message takes up to 10 s, and then the channel's
 * answer has to be stored.
 */
const RESERVE = seconds(30);

/**
 * Sends the notices of these documents to a channel (such as Slack), message after message, until nothing more can be
 * sent there now, or the time is up. The action `notifier` does this for its channels at the same time.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function serveChannel(channel: Channel, ids: readonly string[], ports: ServePorts): Promise<Served> {
  let served: Served = { messages: 0, notices: 0 };
  while (addMs(ports.now(), RESERVE) < ports.deadline) {
    const { isOver, notices } = await sendGroup(channel, ids, ports);
    if (notices > 0) served = { messages: served.messages + 1, notices: served.notices + notices };
    if (isOver) break;
  }
  return served;
}
