import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { alertId } from '../core/document-ids.ts';
import type { AlertDocument } from './documents/alert-document.ts';
import type { LedgerLog } from './ledger-log.ts';

/** What to tell people, once for each kind and subject. */
export type Alert = Pick<AlertDocument, 'kind' | 'subject' | 'message' | 'traceId' | 'at'>;

/**
 * Tells people of something: a document, created once, and a line at `error` when it was.
 *
 * Never fails: whoever raises it has something more important to finish. Where the store does not take it, the line is all.
 */
export async function raiseAlert(store: Pick<CouchPort, 'put'>, alert: Alert, log: LedgerLog): Promise<void> {
  const _id = alertId(alert.kind, alert.subject);
  const isKnown = await store.put({ _id, schema: 1, type: 'alert', ...alert }).then(
    (written) => written.kind === 'conflict',
    () => false,
  );
  if (!isKnown) log.error(alert.message, { alert: alert.kind, subject: alert.subject });
}
