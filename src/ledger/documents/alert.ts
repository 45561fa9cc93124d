import { alertId } from '../../core/document-ids.ts';
import type { EpochMs } from '../../core/units.ts';
import { isInstant, isOneOf, isText, maybe, readerOf } from '../document-reader.ts';

/** What a person should look at. */
export const ALERT_KINDS = [
  'gave-up', // the tenant refused an order for good, or its list forgot whether it was started
  'quota', // an app's reload frequency quota is used up
  'too-many-hops', // a run went on for longer than MAX_HOPS
  'too-many-starts', // a target was started more often than MAX_STARTS_PER_HOUR
  'unreachable', // for an hour a tenant could not be asked for a reload that is owed
  'second-start', // two reloads were started for one order
  'in-doubt', // for an hour Qlik has not told what it takes to start an order once and not twice
  'webhook-silent', // five times in a row it was the sweep alone, and no webhook, that told an end
  'store-changed', // the checkpoint is of another store
  'checkpoint-jump', // an end came to light that is older than a day
  'unseen-app', // Qlik does not show the credential an app's reloads
  'tenant-moved', // the settings say another address of a tenant than the ledger
  'tenant-unknown', // the ledger has work for a tenant that the settings do not know
  'not-stored', // CouchDB refuses a document for what it holds, or a spoilt one has its place: what it stands for does not happen
  'end-unknown', // Qlik no longer knows a reload that was started, and nobody told its end
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/**
 * `alert:<kind>:<subject>`: something for a person, logged at `error`.
 *
 * Invariant: there is one alert for each kind and subject. If it is raised again, its message and `lastAt` change, at
 * most once an hour.
 */
export interface AlertDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'alert';
  readonly kind: AlertKind;
  /** What it is about: an order, an app, a tenant. */
  readonly subject: string;
  readonly message: string;
  /** Of the run that raised it last. */
  readonly traceId: string;
  /** When it was raised first. */
  readonly at: EpochMs;
  /** When it was raised last, if that was more than once; up to an hour early. */
  readonly lastAt?: EpochMs;
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
  },
  ({ _id, kind, subject }) => _id === alertId(kind, subject),
);
