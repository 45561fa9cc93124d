/*
 * The action `notifier` sends people notices (news, such as a failed reload) by channels, such as Slack. This file
 * sends one message, which has as many notices as fit. Several notifiers may run at once. They must not send the same
 * notice, or too many messages. So two things are stored before a message leaves:
 *
 * - a slot of the channel: at most five messages go to a channel in a minute;
 * - a lease of each document: for a minute, no other notifier sends the document's notices to this channel.
 *
 * A debtor is a document that may owe people notices.
 */

import type { Channel } from '../../src/clients/outbound/channel-port.ts';
import { postItems } from '../../src/clients/outbound/post-items.ts';
import { groupFor, isQuestion, leased, leaseUntil, released } from '../../src/core/desk/outbox.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { changeDebtors, readDebtors, writeDebtors } from '../../src/ledger/change-debtors.ts';
import type { Debtor } from '../../src/ledger/debtor.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { type DebtorPart, itemsOf } from './items-of.ts';
import type { GroupSent, ServePorts } from './notifier-ports.ts';
import { settleGroup } from './settle-group.ts';
import { takeMessageSlot } from './take-message-slot.ts';

/**
 * A message is sent at most this long after its lease began. A lease lasts for a minute, and a message takes up to 10
 * s. So the channel has answered before the lease ends, and there is time to store that.
 */
const MOST_SINCE_LEASE_MS = 25_000;

const NOTHING: GroupSent = { notices: 0, isOver: true };

/**
 * Sends the next message to a channel. It takes a slot, takes the leases, sends the message, and stores the channel's
 * answer. It sends nothing if no notice is due, if the channel takes nothing now, if other notifiers have the leases,
 * or if its own lease is older than 25 s.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED. Then leases may be left. They end by
 *   themselves.
 */
export async function sendGroup(channel: Channel, ids: readonly string[], ports: ServePorts): Promise<GroupSent> {
  const { name } = channel;
  const owing = await readDebtors(ids, ports);
  const next = groupFor(name, owing, storeTime(ports));
  if (next.length === 0) return NOTHING;
  const turn = await takeMessageSlot(name, { isSwept: ports.isSwept, isQuestions: next.every(isQuestion) }, ports);
  if (turn.kind === 'closed') {
    await ports.alone(() => postpone(channel, ids, turn.opensAt, ports));
    return NOTHING;
  }
  const leasedAt = ports.stopwatch();
  const parts = await ports.alone(() => lease(channel, ids, ports));
  if (parts.length === 0) return NOTHING;
  const items = await itemsOf(parts, ports);
  if (ports.stopwatch() - leasedAt > MOST_SINCE_LEASE_MS) {
    ports.log.warn('A message was not sent: it would have outlived its lease', { channel: name });
    return NOTHING;
  }
  const answer = await postItems(channel, items, ports.send, storeTime(ports), ports.page);
  return settleGroup(channel, { parts, items, answer }, ports);
}

/** Makes the channel's notices due at `opensAt`, because the channel takes nothing until then. */
async function postpone({ name }: Channel, ids: readonly string[], opensAt: EpochMs, ports: ServePorts): Promise<void> {
  const later = (debtor: Debtor): Debtor | undefined => {
    const isLeased = (debtor.leases?.[name] ?? 0) > storeTime(ports);
    const isSooner = debtor.notices.some(({ to, due }) => to.includes(name) && (due[name] ?? 0) < opensAt);
    return isLeased || !isSooner ? undefined : released(debtor, name, opensAt);
  };
  await changeDebtors(ids, later, ports);
}

/** Leases the documents of the next message. A document that somebody else changes at the same time is left out. */
async function lease({ name }: Channel, ids: readonly string[], ports: ServePorts): Promise<readonly DebtorPart[]> {
  const debtors = await readDebtors(ids, ports);
  const now = storeTime(ports);
  const parts = groupFor(name, debtors, now);
  const byId = new Map(debtors.map((debtor) => [debtor.id, debtor]));
  const wanted = parts.flatMap(({ id }) => byId.get(id) ?? []).map((debtor) => leased(debtor, name, leaseUntil(now)));
  const { stored } = await writeDebtors(wanted, ports);
  const notices = new Map(parts.map((part) => [part.id, part.notices]));
  return stored.map((debtor) => ({ debtor, notices: notices.get(debtor.id) ?? [] }));
}
