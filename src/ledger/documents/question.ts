import type { NewDocument, StoredDocument } from '../../clients/couchdb/couchdb-port.ts';
import type { Owing } from '../../core/desk/outbox.ts';
import { questionTicketId } from '../../core/document-ids.ts';
import type { Question, QuestionTicket } from '../../core/tickets/question.ts';
import { type EpochMs, isInstant } from '../../core/units.ts';
import { isBoolean, isCountFrom, isListOf, isString, isText, isTextLike, maybe, readerOf } from '../document-reader.ts';
import { owingDocument } from '../owing-document.ts';
import { OWING_FIELDS } from '../owing-fields.ts';
import type { StoredAs } from '../stored-as.ts';
import { readTicket, type TicketDocument } from './ticket.ts';

/**
 * `ticket:question:<site>:<id>`: a question of a Stack Exchange site, as a ticket for people. Cascade watches questions
 * with certain tags, notifies people of new ones, and lets them work on a question as on a failed app. The document
 * also has the notices (messages for people) of the question that channels, such as Slack, have not taken yet. An act
 * is a document of one thing that a person did to the ticket.
 *
 * Invariant: a question has one ticket. Its notice is stored in the same write as its ticket. A state of the question
 * replaces only an older one. What people do to the ticket is in its acts.
 */
export interface QuestionDocument extends QuestionTicket, Owing, StoredAs<'ticket'> {
  /** When a notifier may take the question up. Absent if nothing is to be sent. */
  readonly dueAt?: EpochMs;
}

/** Reads a question's ticket. @throws CascadeError LEDGER_MALFORMED. */
export const readQuestion = readerOf<QuestionDocument>(
  'ticket',
  {
    ...{ site: isText, questionId: isCountFrom(1), title: isString, link: isTextLike(/^(https?:\/\/.*)?$/) },
    ...{ author: maybe(isString), reputation: maybe(Number.isSafeInteger), score: Number.isSafeInteger },
    ...{ tags: isListOf(isText), answers: isCountFrom(0), isAnswered: isBoolean, isAccepted: isBoolean },
    ...{ createdAt: isInstant, activeAt: isInstant, seenAt: isInstant, ...OWING_FIELDS },
  },
  ({ _id, site, questionId }) => _id === questionTicketId(site, questionId),
);

/** Reads a ticket of a question, or of an app's failures. @throws CascadeError LEDGER_MALFORMED. */
export const readAnyTicket = (stored: StoredDocument): TicketDocument | QuestionDocument =>
  stored._id.startsWith('ticket:question:') ? readQuestion(stored) : readTicket(stored);

/** The document of a question, with what it owes to people. */
export const questionDocument = (question: Question, { notices, leases }: Owing): NewDocument => {
  const _id = questionTicketId(question.site, question.questionId);
  return owingDocument({ ...question, _id, schema: 1, type: 'ticket', notices, leases });
};
