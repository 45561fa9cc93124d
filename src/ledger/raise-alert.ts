import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { alertId } from '../core/document-ids.ts';
import { clipped } from '../core/outside-text.ts';
import { ALERT_LULL } from '../core/time-constants.ts';
import { type AlertDocument, readAlert } from './documents/alert.ts';
import type { LedgerLog } from './ledger-log.ts';

/** What to tell people, for each kind and subject. */
export type Alert = Pick<AlertDocument, 'kind' | 'subject' | 'message' | 'traceId' | 'at'>;

/** In UTF-16 units: an alert has to be writable, whatever it quotes. */
const LONGEST_MESSAGE = 2_000;

/**
 * Tells people of something: a document, created once for each kind and subject, and a line at `error`. Raised again, the
 * document gets the newest message and `lastAt`, and there is another line, at most once an hour.
 *
 * Never fails: whoever raises it has something more important to finish. If the store does not take it, the line is all.
 *
 * @returns whether the alert surely is in the ledger.
 */
export async function raiseAlert(
  store: Pick<CouchPort, 'put' | 'get'>,
  given: Alert,
  log: LedgerLog,
): Promise<boolean> {
  const { subject, message } = given;
  const alert = { ...given, subject: subject.toWellFormed(), message: clipped(message, LONGEST_MESSAGE) };
  const noting = await noted(store, alert).catch((): Noting => 'lost');
  if (noting !== 'known') log.error(alert.message, { alert: alert.kind, subject: alert.subject });
  return noting !== 'lost';
}

/** `known`: somebody told it less than an hour ago, or just now. `lost`: it is not, or not surely, stored. */
type Noting = 'new' | 'known' | 'lost';

async function noted(store: Pick<CouchPort, 'put' | 'get'>, alert: Alert): Promise<Noting> {
  const _id = alertId(alert.kind, alert.subject);
  const anew = { _id, schema: 1, type: 'alert', ...alert };
  const created = await store.put(anew);
  if (created.kind !== 'conflict') return NOTING[created.kind];
  const document = await store.get(_id);
  if (document === undefined) return 'lost';
  const known = knownIn(document);
  if (known !== undefined && alert.at - (known.lastAt ?? known.at) < ALERT_LULL) return 'known';
  const { message, traceId, at: lastAt } = alert;
  const next = known === undefined ? { ...anew, _rev: document._rev } : { ...known, message, traceId, lastAt };
  const { kind } = await store.put(next);
  // A conflict: somebody else has just told it.
  return kind === 'conflict' ? 'known' : NOTING[kind];
}

const NOTING = { stored: 'new', refused: 'lost' } as const;

/** What the ledger has; undefined if somebody spoilt it, so that it is written anew. */
function knownIn(document: StoredDocument): AlertDocument | undefined {
  try {
    return readAlert(document);
  } catch {
    return undefined;
  }
}
