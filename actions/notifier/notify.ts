/*
 * The action `notifier` sends people notices. A notice is one thing that people should hear, and a channel, such as
 * Slack, is where they hear it. The documents of apps, alerts and questions in the ledger (Cascade's memory) keep their
 * notices until the channels have taken them.
 */

import type { NotifyRequest } from '../../src/contracts/notify-request.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import type { NotifierPorts } from './notifier-ports.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { routeDebtors } from './route-debtors.ts';
import { serveChannel } from './serve-channel.ts';

/** What was sent. */
export interface Notified {
  readonly messages: number;
  readonly notices: number;
}

/**
 * Sends the notices of these documents that channels have not taken. The channels are served at the same time, so that
 * a channel that does not answer delays no other.
 *
 * A notice may be sent twice, for example if the notifier dies or stalls between the channel's answer and its own
 * write, or does not get that answer. A notice is dropped if the settings no longer have its channel, if the channel
 * refuses it, or if the channel has not known its address or secret for a day.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED: the notices that were not sent stay due, so
 *   a later notifier sends them. An error at one channel does not stop the others.
 */
export async function notify({ documents, isSwept = false }: NotifyRequest, ports: NotifierPorts): Promise<Notified> {
  const ids = [...new Set(documents)];
  await routeDebtors(ids, ports);
  const alone = oneAtATime();
  const serve = { ...ports, alone, isSwept };
  const served = await whenAllSettled(ports.channels.map((channel) => serveChannel(channel, ids, serve)));
  return {
    messages: served.reduce((sum, { messages }) => sum + messages, 0),
    notices: served.reduce((sum, { notices }) => sum + notices, 0),
  };
}
