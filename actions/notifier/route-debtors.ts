/*
 * The action `notifier` sends people notices (news, such as a failed reload) by channels, such as Slack. Before it
 * sends them, this file decides which channels hear of a new alert. It also drops notices for channels that the
 * settings no longer have, because these would wait for ever.
 *
 * A debtor is a document (of an app, an alert or a question) that may owe people notices.
 */

import { type ChannelName, DEFAULT_CHANNEL, newNotice } from '../../src/core/desk/notice.ts';
import { settled } from '../../src/core/desk/outbox.ts';
import { routesOf } from '../../src/core/desk/routes-of.ts';
import type { AppId, AppRef, TenantName } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { changeDebtors } from '../../src/ledger/change-debtors.ts';
import type { Debtor } from '../../src/ledger/debtor.ts';
import type { AlertDocument } from '../../src/ledger/documents/alert.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import type { NotifierPorts } from './notifier-ports.ts';

/**
 * Changes debtors before their notices are sent:
 *
 * - A new alert gets a notice for the channels that are to hear of it, if there are any.
 * - Notices for channels that the settings no longer have are dropped.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function routeDebtors(ids: readonly string[], ports: NotifierPorts): Promise<void> {
  const known = new Set(ports.channels.map(({ name }) => name));
  await changeDebtors(ids, (debtor) => routed(debtor, known, ports) ?? withoutLost(debtor, known, ports), ports);
}

/** The alert with a notice, if it was raised and no notifier has decided yet who hears of it; else undefined. */
function routed(debtor: Debtor, known: ReadonlySet<ChannelName>, ports: NotifierPorts): Debtor | undefined {
  const { document } = debtor;
  if (document.type !== 'alert' || document.unroutedSince === undefined) return undefined;
  const { unroutedSince, ...alert } = document;
  const to = channelsOf(alert, known, ports);
  const kind = alert.kind === 'gave-up' ? 'gave-up' : 'alert';
  const notice = { id: `raised.${unroutedSince}`, kind, at: unroutedSince } as const;
  const notices = to.length === 0 ? [] : [newNotice(notice, to, storeTime(ports))];
  return { ...debtor, document: alert, notices };
}

/**
 * The channels that hear of an alert. A given-up order (a reload that Cascade owes and could not start) is news about
 * its app, so the app's channels hear of it. Other alerts go to the default channel.
 */
function channelsOf(
  { kind, subject }: Pick<AlertDocument, 'kind' | 'subject'>,
  known: ReadonlySet<ChannelName>,
  { chains }: NotifierPorts,
): readonly ChannelName[] {
  if (kind === 'gave-up') return routesOf(appOfOrder(subject), 'gave-up', chains, known);
  // The default channel refuses notices, so a notice about that would not arrive there.
  const isAboutItself = kind === 'channel-refused' && subject === DEFAULT_CHANNEL;
  return known.has(DEFAULT_CHANNEL) && !isAboutItself ? [DEFAULT_CHANNEL] : [];
}

/** The app of an order. Its id begins with `order:<tenant>:<app>:`. */
function appOfOrder(id: string): AppRef {
  const [, tenant = '', appId = ''] = id.split(':');
  return { tenant: tenant as TenantName, appId: appId as AppId };
}

/** The debtor without its notices for lost channels, which are not in the settings. Undefined if no channel is lost. */
function withoutLost(debtor: Debtor, known: ReadonlySet<ChannelName>, { log }: NotifierPorts): Debtor | undefined {
  const lost = new Set(debtor.notices.flatMap(({ to }) => to).filter((name) => !known.has(name)));
  if (lost.size === 0) return undefined;
  log.warn('Notices are dropped: their channel is not in the settings', { document: debtor.id, channels: [...lost] });
  // For a lost channel all notices count as taken. They stay for their other channels.
  const all = new Set(debtor.notices.map(({ id }) => id));
  return [...lost].reduce((next, name) => settled(next, name, all), debtor);
}

/**
 * The debtor after a channel took its notices. An alert notes when that was, because people hear of the same alert at
 * most once a day.
 */
export const told = (debtor: Debtor, now: EpochMs): Debtor =>
  debtor.document.type === 'alert' ? { ...debtor, document: { ...debtor.document, toldAt: now } } : debtor;
