/*
 * The action `notifier` sends people notices (news, such as a failed reload) by channels, such as Slack. A channel's
 * document in the ledger says how the channel stands: when it got its last messages, and until when it is paused.
 * Several notifiers may change the document at once. This file makes one such change safely.
 */

import { type ChannelState, FRESH_CHANNEL } from '../../src/core/desk/channel-state.ts';
import type { ChannelName } from '../../src/core/desk/notice.ts';
import { channelId } from '../../src/core/document-ids.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { changeDocument } from '../../src/ledger/change-document.ts';
import { channelFields, readChannel } from '../../src/ledger/documents/channel.ts';
import type { NotifierPorts } from './notifier-ports.ts';

/**
 * Changes how the channel stands. If somebody else wrote the document first, this reads it again. A malformed document
 * counts as that of a new channel.
 *
 * @param change - returns the same state if nothing is to be written.
 * @returns the state as it is now; undefined if others changed the document all the time.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function changeChannel(
  channel: ChannelName,
  change: (state: ChannelState) => ChannelState,
  { store, log }: NotifierPorts,
): Promise<ChannelState | undefined> {
  return changeDocument<ChannelState>(channelId(channel), store, (found) => {
    const state = readOrLog(found, readChannel, log) ?? FRESH_CHANNEL;
    const result = change(state);
    return result === state ? { result } : { result, write: channelFields(result) };
  });
}
