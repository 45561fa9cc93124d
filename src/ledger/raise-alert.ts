import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { alertId } from '../core/document-ids.ts';
import { clipped } from '../core/outside-text.ts';
import { ALERT_LULL } from '../core/time-constants.ts';
import { type Change, changeDocument } from './change-document.ts';
import { type AlertDocument, readAlert } from './documents/alert.ts';
import type { LedgerLog } from './ledger-log.ts';

/** An alert: what it is about, and what a person should know. */
export type AlertText = Pick<AlertDocument, 'kind' | 'subject' | 'message'>;

/** An alert with the time and the trace id of the activation that raises it. */
export type Alert = AlertText & Pick<AlertDocument, 'traceId' | 'at'>;

/** The longest message, in UTF-16 units. An alert may quote long texts, and CouchDB must take it all the same. */
const LONGEST_MESSAGE = 2_000;

/**
 * Raises an alert for people: one document for each kind and subject, and a line in the log at `error`. If the same alert
 * is raised again, the document gets the newest message and `lastAt`, and the log gets another line, at most once an
 * hour.
 *
 * This never fails, because its caller has something more important to finish. If the store does not take the alert, only
 * the log has it.
 *
 * @returns whether the alert certainly is in the ledger.
 */
export async function raiseAlert(
  store: Pick<CouchPort, 'put' | 'get'>,
  given: Alert,
  log: LedgerLog,
): Promise<boolean> {
  const { kind, subject, message } = given;
  const alert = { ...given, subject: subject.toWellFormed(), message: clipped(message, LONGEST_MESSAGE) };
  const raised = changeDocument(alertId(kind, alert.subject), store, (found) => changeBy(alert, found), 'absent');
  const isNews = await raised.catch(() => undefined);
  if (isNews !== false) log.error(alert.message, { alert: kind, subject: alert.subject });
  return isNews !== undefined;
}

/** Whether the alert is news for people, and what to write then. */
function changeBy(alert: Alert, found: StoredDocument | undefined): Change<boolean> {
  const known = found && knownIn(found);
  if (known === undefined) return { result: true, write: { schema: 1, type: 'alert', ...alert } };
  const { message, traceId, at } = alert;
  if (at - (known.lastAt ?? known.at) < ALERT_LULL) return { result: false };
  return { result: true, write: { ...known, message, traceId, lastAt: at } };
}

/** The stored alert. Undefined if the document is malformed: then it is replaced. */
function knownIn(document: StoredDocument): AlertDocument | undefined {
  try {
    return readAlert(document);
  } catch {
    return undefined;
  }
}
