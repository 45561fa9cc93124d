import type { Leases, Notice } from '../../core/desk/notice.ts';
import { alertId } from '../../core/document-ids.ts';
import type { EpochMs } from '../../core/units.ts';
import { isInstant, isOneOf, isText, maybe, readerOf } from '../document-reader.ts';
import { OWING_FIELDS } from '../owing-fields.ts';
import type { StoredAs } from '../stored-as.ts';

/**
 * The kinds of alerts: why a person should look. An order is a reload that Cascade owes. A run is all that followed
 * from one end, or from one reload by hand. The sweep (it runs every 5 minutes) asks Qlik for ends of reloads, and
 * notes in a checkpoint how far it came. The ledger is Cascade's memory in CouchDB, the store.
 */
export const ALERT_KINDS = [
  'gave-up', // the tenant refused an order for good, or its list forgot whether the order was started
  'quota', // an app's reload frequency quota is used up
  'too-many-hops', // a run went on for longer than MAX_HOPS
  'too-many-starts', // an app was started as often in an hour as MAX_STARTS_PER_HOUR allows
  'unreachable', // for an hour, Cascade could not ask a tenant to start an order
  'second-start', // two reloads were started for one order
  'in-doubt', // for an hour it has been unknown whether Qlik accepted an order, so another POST could start it twice
  'dead-letter', // a webhook from the right sender that Cascade could not understand
  'webhook-silent', // five times in a row the sweep found ends of which no webhook came
  'store-changed', // the checkpoint was written in another database, so nobody knows what this one lacks
  'checkpoint-jump', // the sweep found an unknown end that is more than a day old
  'unseen-app', // Qlik does not show the credential an app's reloads, or the list of them failed for a day
  'tenant-moved', // the settings have another address for a tenant than the ledger
  'tenant-unknown', // the ledger has work for a tenant that the settings do not have
  'not-stored', // CouchDB refuses a document for its content, or somebody spoilt it
  'cancel-refused', // Qlik refuses to cancel a reload that runs longer than its timeout
  'channel-refused', // a channel, where people get messages, does not know its address or its secret
  'channels-unreadable', // the setting that has the channels is malformed, so nobody gets messages
  'end-unknown', // Qlik no longer knows a started reload, and Cascade never heard of its end
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/**
 * `alert:<kind>:<subject>`: something that a person should look at. An action of Cascade raises it; `cascade runs
 * --problems` shows it, and the action `notifier` sends it to channels, such as Slack.
 *
 * Invariant: there is one alert for each kind and subject. If it is raised again, its message and `lastAt` change, at
 * most once an hour. People hear of it at most once a day.
 */
export interface AlertDocument extends StoredAs<'alert'> {
  readonly kind: AlertKind;
  /** The id or name of what the alert is about, such as an order, an app or a tenant. */
  readonly subject: string;
  readonly message: string;
  /** The trace id of the activation (one run of an action) that raised the alert first, or again as `lastAt` says. */
  readonly traceId: string;
  /** When it was raised first. */
  readonly at: EpochMs;
  /** When the alert was last raised again and written. It may have been raised after this, within an hour. */
  readonly lastAt?: EpochMs;
  /** When the alert was last raised for people. Absent once a notifier has decided which channels hear of it. */
  readonly unroutedSince?: EpochMs;
  /** What is still to be sent to channels: at most one notice. Absent until a notifier has made the first. */
  readonly notices?: readonly Notice[];
  /** By channel: until when one notifier alone may send the notice there. */
  readonly leases?: Leases;
  /** When a channel last took a notice of the alert. */
  readonly toldAt?: EpochMs;
  /** When a notifier may take the alert up. Absent if nothing is to be sent. */
  readonly dueAt?: EpochMs;
}

/** Reads an alert. @throws CascadeError LEDGER_MALFORMED. */
export const readAlert = readerOf<AlertDocument>(
  'alert',
  {
    kind: isOneOf(ALERT_KINDS),
    subject: isText,
    message: isText,
    traceId: isText,
    at: isInstant,
    lastAt: maybe(isInstant),
    unroutedSince: maybe(isInstant),
    ...OWING_FIELDS,
    notices: maybe(OWING_FIELDS.notices),
    toldAt: maybe(isInstant),
  },
  ({ _id, kind, subject }) => _id === alertId(kind, subject),
);
