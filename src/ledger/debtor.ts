import type { NewDocument, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { OwingDocument } from '../core/desk/outbox.ts';
import { type AlertDocument, readAlert } from './documents/alert.ts';
import { type AppStateDocument, readAppState } from './documents/app-state.ts';
import { type QuestionDocument, readQuestion } from './documents/question.ts';
import { owingDocument } from './owing-document.ts';

/**
 * A document of an app, an alert or a question, seen as one that may owe people notices. A notice is one thing that
 * people should hear, such as a failed reload. A channel, such as Slack, is where they hear it. The action `notifier`
 * sends the notices of all three types in the same way, so it works with debtors. Of the tickets, only those of
 * questions owe notices. The app's document owes those of an app's failures.
 */
export interface Debtor extends OwingDocument {
  /** The whole document, as it was read. For notices and leases only the debtor's own fields count. */
  readonly document: AlertDocument | AppStateDocument | QuestionDocument;
}

/**
 * Reads a document that may owe notices.
 *
 * @throws CascadeError LEDGER_MALFORMED, also for a document of another type.
 */
export function readDebtor(stored: StoredDocument): Debtor {
  const document = readOwing(stored);
  const { notices = [], leases } = document;
  return { id: document._id, document, notices, ...(leases !== undefined && { leases }) };
}

function readOwing(stored: StoredDocument): Debtor['document'] {
  if (stored['type'] === 'app') return readAppState(stored);
  if (stored['type'] === 'alert') return readAlert(stored);
  if (stored['type'] === 'ticket') return readQuestion(stored);
  throw new CascadeError(
    'LEDGER_MALFORMED',
    `The document ${stored._id} owes nobody a notice: it is no app, alert or question.`,
  );
}

/**
 * The document to write for a debtor, with the rev (CouchDB's name of a version) that was read. Only the debtor's own
 * notices and leases count. A lease says until when one notifier alone may send the notices to a channel. There may be
 * none any more.
 */
export const debtorDocument = ({ document, notices, leases }: Debtor): NewDocument =>
  owingDocument({ ...document, notices, leases });
