import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { alertId } from '../core/document-ids.ts';
import { clipped } from '../core/outside-text.ts';
import { minutes } from '../core/units.ts';
import type { AlertDocument } from './documents/alert-document.ts';
import type { LedgerLog } from './ledger-log.ts';
import { readAlert } from './read-alert.ts';

/** What to tell people, for each kind and subject. */
export type Alert = Pick<AlertDocument, 'kind' | 'subject' | 'message' | 'traceId' | 'at'>;

/** In UTF-16 units: an alert has to be writable, whatever it quotes. */
const LONGEST_MESSAGE = 2_000;

/** An alert that is raised again and again is written, and told in the log, no more often than this. */
const LULL = minutes(60);

/**
 * Tells people of something: a document, created once for each kind and subject, and a line at `error`. Raised again, the
 * document gets the newest message and `lastAt`, and there is another line, at most once an hour.
 *
 * Never fails: whoever raises it has something more important to finish. Where the store does not take it, the line is all.
 */
export async function raiseAlert(store: Pick<CouchPort, 'put' | 'get'>, given: Alert, log: LedgerLog): Promise<void> {
  const { subject, message } = given;
  const alert = { ...given, subject: subject.toWellFormed(), message: clipped(message, LONGEST_MESSAGE) };
  const isToldAlready = await noted(store, alert).then(
    (isNew) => !isNew,
    () => false,
  );
  if (!isToldAlready) log.error(alert.message, { alert: alert.kind, subject: alert.subject });
}

/** False where it was told less than an hour ago; then nothing is written. */
async function noted(store: Pick<CouchPort, 'put' | 'get'>, alert: Alert): Promise<boolean> {
  const _id = alertId(alert.kind, alert.subject);
  if ((await store.put({ _id, schema: 1, type: 'alert', ...alert })).kind !== 'conflict') return true;
  const document = await store.get(_id);
  if (document === undefined) return true;
  const known = readAlert(document);
  if (alert.at - (known.lastAt ?? known.at) < LULL) return false;
  const { message, traceId, at: lastAt } = alert;
  // A conflict: somebody else has just told it.
  return (await store.put({ ...known, message, traceId, lastAt })).kind !== 'conflict';
}
