import { ACT_KINDS, type Act } from '../../core/tickets/act.ts';
import { actIdParts } from '../../core/tickets/act-id.ts';
import { isInstant, isOneOf, isText, readerOf } from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/**
 * `act:<subject>:<at, base 36, 9 places>:<6 random>`: one thing that a person did, such as a note on a ticket. The
 * subject is the id of a ticket (an app's failures, or a question), of an order (a reload that Cascade owes) or of an
 * alert. What people decide about a ticket is in its acts, and not in the ticket. So two people can work on it at once,
 * and neither erases what the other wrote.
 *
 * Invariant: it is created by the user it names, and nobody changes or deletes it. Only a purge removes it.
 */
export type ActDocument = Act & StoredAs<'act'>;

/** Reads an act. @throws CascadeError LEDGER_MALFORMED. */
export const readAct = readerOf<ActDocument>(
  'act',
  { by: isText, at: isInstant, kind: isOneOf(ACT_KINDS), value: isValue },
  (act) => actIdParts(act._id)?.at === act.at && hasItsValue(act),
);

function isValue(value: unknown): boolean {
  return value === undefined || value === null || isText(value) || (Number.isSafeInteger(value) && Number(value) >= 0);
}

/** Whether the act's value is one that its kind has, such as minutes for `answer`. */
function hasItsValue({ kind, value }: ActDocument): boolean {
  switch (kind) {
    case 'own':
      return value === null || isText(value);
    case 'tag':
    case 'untag':
    case 'note':
    case 'reject':
      return isText(value);
    case 'answer':
      return typeof value === 'number';
    case 'reopen':
    case 'dismiss':
      return value === undefined;
    default:
      return kind satisfies never;
  }
}
