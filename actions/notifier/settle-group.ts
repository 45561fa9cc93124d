/*
 * The action `notifier` sends people notices (news, such as a failed reload) by channels, such as Slack. This file
 * stores the channel's answer to one message. Notices that the channel took must not be sent again, and most others
 * must be tried again. The channel took the message (`taken`); gave no answer or wants a pause, so it may have taken
 * the message (`busy`); refuses the address or the secret that Cascade has for it, or redirects (`wrong`); or refuses
 * this message (`refused`).
 *
 * A debtor is a document that may owe people notices. `settled` takes notices off it that were taken or dropped,
 * `released` lets others try its notices later, `halved` makes the next message smaller, and `told` notes when people
 * heard of an alert.
 */

import type { Channel, ChannelAnswer } from '../../src/clients/outbound/channel-port.ts';
import { definedFields } from '../../src/core/defined-fields.ts';
import { FRESH_CHANNEL, isGivenUp, opened, paused } from '../../src/core/desk/channel-state.ts';
import type { MessageItem } from '../../src/core/desk/message-item.ts';
import { halved, released, settled } from '../../src/core/desk/outbox.ts';
import { addMs, minutes } from '../../src/core/units.ts';
import { changeDebtors } from '../../src/ledger/change-debtors.ts';
import type { Debtor } from '../../src/ledger/debtor.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { changeChannel } from './change-channel.ts';
import type { DebtorPart } from './items-of.ts';
import type { GroupSent, ServePorts } from './notifier-ports.ts';
import { told } from './route-debtors.ts';

/** A message that was sent, and the channel's answer. */
interface Sent {
  readonly parts: readonly DebtorPart[];
  readonly items: readonly MessageItem[];
  readonly answer: ChannelAnswer;
}

/**
 * Stores the channel's answer to a message. If the channel is paused, that is stored first, and only then may another
 * notifier take the notices. So no other notifier sends them before the pause is over.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function settleGroup(channel: Channel, sent: Sent, ports: ServePorts): Promise<GroupSent> {
  const { answer, items } = sent;
  switch (answer.kind) {
    case 'taken':
      await change(sent, (debtor, ids) => told(settled(debtor, channel.name, ids), storeTime(ports)), ports);
      logSent(channel, items, ports);
      await changeChannel(channel.name, (state) => opened(state, storeTime(ports)), ports);
      return { notices: items.length, isOver: false };
    case 'busy':
    case 'wrong':
      await close(channel, sent, answer, ports);
      return { notices: 0, isOver: true };
    case 'refused':
      await refuse(channel, sent, ports);
      return { notices: 0, isOver: false };
    default:
      return answer satisfies never;
  }
}

/** Changes the documents of a message, as they are now, by the notices that were in it. */
async function change(
  { parts }: Sent,
  changed: (debtor: Debtor, ids: ReadonlySet<string>) => Debtor,
  ports: ServePorts,
): Promise<void> {
  const sent = new Map(parts.map(({ debtor, notices }) => [debtor.id, new Set(notices.map(({ id }) => id))]));
  const next = (debtor: Debtor): Debtor => changed(debtor, sent.get(debtor.id) ?? new Set());
  await ports.alone(() => changeDebtors([...sent.keys()], next, ports));
}

function logSent({ name }: Channel, items: readonly MessageItem[], { log }: ServePorts): void {
  // A message may be about the ends of several reloads. Each line has the trace id of its own end.
  for (const { id, kind, tenant, appId, ticket, traceId } of items) {
    log.info('Notice sent', { channel: name, notice: id, kind, tenant, appId, ticket, ...definedFields({ traceId }) });
  }
}

/**
 * Pauses the channel. Its notices become due when the pause is over. If the channel is `wrong`, people get an alert,
 * and a notice that has waited a day for somebody to correct the channel is dropped.
 */
async function close(
  { name }: Channel,
  sent: Sent,
  answer: Extract<ChannelAnswer, { readonly kind: 'busy' | 'wrong' }>,
  ports: ServePorts,
): Promise<void> {
  const { log, store, traceId } = ports;
  log.warn(`The channel "${name}" took no message: ${answer.message}`, { channel: name, answer: answer.kind });
  const now = storeTime(ports);
  const state = await changeChannel(name, (before) => paused(before, answer, now), ports);
  if (answer.kind === 'wrong') {
    const message = `The channel "${name}" takes no messages: ${answer.message}. Look at its address and its secret in NOTIFY_CHANNELS or SLACK_WEBHOOK_URL, and deploy again. What is owed to it waits for 24 hours.`;
    await raiseAlert(store, { kind: 'channel-refused', subject: name, message, traceId, at: now }, log);
  }
  // If others write the channel's document all the time, its pause is not stored. Then its notices wait for ten
  // minutes.
  const due = state?.pausedUntil ?? addMs(now, minutes(10));
  await change(
    sent,
    (debtor) => {
      const lost = debtor.notices.filter(
        ({ to, at }) => to.includes(name) && isGivenUp(state ?? FRESH_CHANNEL, at, now),
      );
      for (const { id, traceId } of lost)
        log.error('A notice is dropped: its channel has been wrong for a day', {
          ...{ channel: name, notice: `${debtor.id}/${id}` },
          ...definedFields({ traceId }),
        });
      return released(settled(debtor, name, new Set(lost.map(({ id }) => id))), name, due);
    },
    ports,
  );
}

/**
 * The channel takes messages, but refuses this one. The next message with these notices has at most half as many, and
 * so on. If a message of one notice is refused, that notice is the reason, so it is dropped.
 */
async function refuse({ name }: Channel, sent: Sent, ports: ServePorts): Promise<void> {
  const { answer, items } = sent;
  const isAlone = items.length === 1;
  const [first] = items;
  const what = { channel: name, notices: items.length, first: first?.id };
  if (isAlone) {
    const traced = { ...what, ...definedFields({ traceId: first?.traceId }) };
    ports.log.error(`A notice is dropped: the channel "${name}" refuses it: ${answer.message}`, traced);
  } else
    ports.log.warn(`The channel "${name}" refuses a message: ${answer.message}. The next one is half as large`, what);
  await change(
    sent,
    (debtor, ids) => (isAlone ? settled(debtor, name, ids) : halved(debtor, name, ids, items.length)),
    ports,
  );
}
