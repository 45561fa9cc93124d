import type { StoredDocument } from '../../clients/couchdb/couchdb-port.ts';
import { definedFields } from '../../core/defined-fields.ts';
import type { ChannelState } from '../../core/desk/channel-state.ts';
import { isCountFrom, isInstant, isListOf, isText, maybe, readerOf } from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/**
 * `channel:<name>`: how a channel stands. A channel, such as one of Slack's, is where people get notices of Cascade's.
 * At most five messages in a minute go to a channel, so that many failures at once do not flood it: each message needs
 * a slot. A channel that takes no message gets a pause. A worker is an activation (one run) of the action `notifier`.
 * It holds the notices of its message. After they are released, another worker may send them. A rev is CouchDB's name
 * of a document's version.
 *
 * Invariant: a worker writes its slot here, by the rev, before it sends a message. If the channel takes nothing, the
 * pause is here before the notices are released.
 */
export interface ChannelDocument extends ChannelState, StoredAs<'channel'> {}

/** Reads how a channel stands. @throws CascadeError LEDGER_MALFORMED. */
export const readChannel: (document: StoredDocument) => ChannelDocument = readerOf<ChannelDocument>(
  'channel',
  {
    slots: isListOf(isInstant),
    keptAt: maybe(isInstant),
    pausedUntil: maybe(isInstant),
    failures: maybe(isCountFrom(0)),
    failingSince: maybe(isInstant),
    answer: maybe(isText),
    wrongSince: maybe(isInstant),
  },
  /^channel:[a-z0-9][a-z0-9-]{0,39}$/,
);

/** The fields of a channel's document. */
export const channelFields = (state: ChannelState): object => {
  const { slots, keptAt, pausedUntil, failures, failingSince, answer, wrongSince } = state;
  const trouble = definedFields({ keptAt, pausedUntil, failures, failingSince, answer, wrongSince });
  return { schema: 1, type: 'channel', slots, ...trouble };
};
