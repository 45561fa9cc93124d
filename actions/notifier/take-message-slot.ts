/*
 * The action `notifier` sends people notices (news, such as a failed reload) by channels, such as Slack. At most five
 * messages go to a channel in a minute, so that many problems at once do not flood it. The notifier takes a slot of the
 * channel for each message, before it sends the message.
 */

import { FRESH_CHANNEL, type MessageClaim, type Turn, takeTurn } from '../../src/core/desk/channel-state.ts';
import type { ChannelName } from '../../src/core/desk/notice.ts';
import { channelId } from '../../src/core/document-ids.ts';
import { addMs, seconds } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { changeDocument } from '../../src/ledger/change-document.ts';
import { channelFields, readChannel } from '../../src/ledger/documents/channel.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import type { NotifierPorts } from './notifier-ports.ts';

/** If others write the channel's document all the time, the notifier tries again after this time. */
const CROWDED = seconds(30);

/**
 * Takes a slot of the channel, and stores that in the channel's document. If that is malformed, it counts as that of a
 * new channel.
 *
 * @returns `closed` if the channel has no free slot for such a message, is paused, or others change its document all
 *   the time.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function takeMessageSlot(channel: ChannelName, claim: MessageClaim, ports: NotifierPorts): Promise<Turn> {
  const turn = await changeDocument<Turn>(channelId(channel), ports.store, (found) => {
    const state = readOrLog(found, readChannel, ports.log) ?? FRESH_CHANNEL;
    const result = takeTurn(state, claim, storeTime(ports));
    return result.kind === 'closed' ? { result } : { result, write: channelFields(result.state) };
  });
  return turn ?? { kind: 'closed', opensAt: addMs(storeTime(ports), CROWDED) };
}
