/*
 * Raises alerts. An alert is something that a person should look at, such as an app that cannot be reloaded. It is
 * stored in the ledger (Cascade's memory), because the same problem often shows again and again, and people should not
 * hear of it each time. The action `notifier` sends it to channels, such as Slack.
 */

import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { alertId } from '../core/document-ids.ts';
import { clipped } from '../core/outside-text.ts';
import { actId } from '../core/tickets/act-id.ts';
import { ALERT_LULL, TOLD_AGAIN } from '../core/time-constants.ts';
import type { EpochMs } from '../core/units.ts';
import { type Change, changeDocument } from './change-document.ts';
import { type AlertDocument, readAlert } from './documents/alert.ts';
import type { LedgerLog } from './ledger-log.ts';
import { owingDocument } from './owing-document.ts';

/** An alert: what it is about, and what a person should know. */
export type AlertText = Pick<AlertDocument, 'kind' | 'subject' | 'message'>;

/** An alert with the time and the trace id of the activation that raises it. */
export type Alert = AlertText & Pick<AlertDocument, 'traceId' | 'at'>;

/** The longest message, in UTF-16 units. An alert may quote long texts, and CouchDB must take it all the same. */
const LONGEST_MESSAGE = 2_000;

/**
 * Raises an alert for people: it writes one document for each kind and subject, and a line into the log at `error`. If
 * the alert is raised again, it writes both again, at most once an hour, or sooner if a person has dismissed the alert
 * since. If people heard of the alert a day ago or earlier, they then hear of it again.
 *
 * This never throws, because its caller has something more important to finish. If the store does not take the alert,
 * only the log has it.
 *
 * @returns whether the alert certainly is in the ledger.
 */
export async function raiseAlert(
  store: Pick<CouchPort, 'put' | 'get' | 'range'>,
  given: Alert,
  log: LedgerLog,
): Promise<boolean> {
  const { kind, subject, message } = given;
  // CouchDB takes no ill-formed text: half of a surrogate pair.
  const alert = { ...given, subject: subject.toWellFormed(), message: clipped(message, LONGEST_MESSAGE) };
  const raised = changeDocument(
    alertId(kind, alert.subject),
    store,
    (found) => changeBy(alert, found, store),
    'absent',
  );
  const isNews = await raised.catch(() => undefined);
  if (isNews !== false) log.error(alert.message, { alert: kind, subject: alert.subject });
  return isNews !== undefined;
}

/**
 * Whether the alert is news, and what to write then. It is news if it is new, if a person has dismissed it, or if an
 * hour has passed since it was last written.
 */
async function changeBy(
  alert: Alert,
  found: StoredDocument | undefined,
  store: Pick<CouchPort, 'range'>,
): Promise<Change<boolean>> {
  const known = found && knownIn(found);
  const { kind, subject, message, traceId, at } = alert;
  if (known === undefined) {
    const _id = alertId(kind, subject);
    return { result: true, write: owingDocument({ _id, schema: 1, type: 'alert', ...alert, unroutedSince: at }) };
  }
  if (at - (known.lastAt ?? known.at) < ALERT_LULL && !(await isActedOn(known, store))) return { result: false };
  const owed = isOwedAgain(known, at) && { unroutedSince: at };
  return { result: true, write: owingDocument({ ...known, message, traceId, lastAt: at, ...owed }) };
}

/** Whether a person has dismissed the alert since it was last written. The only acts on alerts are dismissals. */
async function isActedOn({ _id, at, lastAt }: AlertDocument, store: Pick<CouchPort, 'range'>): Promise<boolean> {
  const acts = await store.range(`act:${_id}:`, { limit: 1, after: actId({ subject: _id, at: lastAt ?? at }, '') });
  return acts.length > 0;
}

/**
 * Whether channels get the alert again: a channel last took it a day ago or earlier (if none did, it was first raised
 * then), and nothing of it is still to be sent.
 */
function isOwedAgain({ at, toldAt, unroutedSince, notices = [] }: AlertDocument, now: EpochMs): boolean {
  return unroutedSince === undefined && notices.length === 0 && now - (toldAt ?? at) >= TOLD_AGAIN;
}

/** The stored alert. Undefined if the document is malformed: then a new alert replaces it. */
function knownIn(document: StoredDocument): AlertDocument | undefined {
  try {
    return readAlert(document);
  } catch {
    return undefined;
  }
}
