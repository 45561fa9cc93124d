import type { Channel } from '../../src/clients/outbound/channel-port.ts';
import { addMs, seconds } from '../../src/core/units.ts';
import type { ServePorts } from './notifier-ports.ts';
import { sendGroup } from './send-group.ts';

/** What one channel took. */
export interface Served {
  readonly messages: number;
  readonly notices: number;
}

/** No message is begun later than this before the deadline: one that leaves is followed to its end. */
const RESERVE = seconds(30);

/**
 * Sends messages to a channel until these documents owe it nothing more, or it takes no more now.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
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
