/*
 * Cascade notifies people in Slack, or by a bot. A message has an item for each thing that people should hear. The
 * action `notifier` makes the items from what the ledger (Cascade's memory) knows. slack-message.ts and bot-message.ts
 * make texts of them.
 */

import type { EpochMs } from '../units.ts';
import type { NoticeKind } from './notice.ts';

/** What a message can be about: a notice, or a test of the channel. */
export type ItemKind = NoticeKind | 'test';

/** One notice as a message says it. Names, errors and titles come from outside, and are as they came. */
export interface MessageItem {
  /** `<id of the document that the notice is about>/<notice's id>`. A bot recognises a repeated notice by it. */
  readonly id: string;
  readonly kind: ItemKind;
  /** When the thing happened, such as the reload's end. */
  readonly at: EpochMs;
  /** What the notice is about, for people: the app's name, or the alert's subject. */
  readonly subject: string;
  readonly tenant?: string;
  readonly appId?: string;
  /** The app's chains. */
  readonly chains?: readonly string[];
  /** Why the app failed last, the alert's message, or why an app is late. */
  readonly detail?: string;
  /** The names of the apps that wait for a success of this app, directly or by way of others. */
  readonly behind?: readonly string[];
  /** Since when the app has been failing, and how often it failed. */
  readonly since?: EpochMs;
  readonly times?: number;
  /** The deadline that was missed. */
  readonly deadline?: EpochMs;
  /** The address of the app in Qlik Cloud, or of the question. */
  readonly url?: string;
  /** The reload, as `cascade runs` takes it. */
  readonly run?: string;
  /** The ticket's id, as `cascade ticket` takes it. */
  readonly ticket?: string;
  /** The addresses of the run and the ticket on the dashboard's page; absent if there is no page. */
  readonly runUrl?: string;
  readonly ticketUrl?: string;
  /** Only of an alert (something that a person should look at): its kind, such as `quota`. */
  readonly alert?: string;
  /**
   * Only if the notice is about an order (a reload that Cascade owes): one that was given up, or that an alert is
   * about.
   */
  readonly order?: string;
  /** The name of the app whose end called for that order. */
  readonly upstream?: string;
  /** The trace id of the end, alert or sweep that the notice comes from: `cascade logs` takes it. */
  readonly traceId?: string;
}
