/*
 * People who look after Qlik apps may want to see what their community asks. So the action `questions/storer` stores a
 * question of a Stack Exchange site as a ticket, and has people notified of a new one. This file does that.
 */

import { type ChannelName, newNotice } from '../../src/core/desk/notice.ts';
import { questionTicketId } from '../../src/core/document-ids.ts';
import { isNews, type Question } from '../../src/core/tickets/question.ts';
import { skipBadDocument } from '../../src/ledger/bad-document.ts';
import { changeDocument } from '../../src/ledger/change-document.ts';
import { questionDocument, readQuestion } from '../../src/ledger/documents/question.ts';
import { type LedgerPorts, storeTime } from '../../src/ledger/ledger-ports.ts';
import { patient } from '../../src/ledger/patient-store.ts';

/** What storing a question needs from the world. */
export interface QuestionStorerPorts extends LedgerPorts {
  /** Where people hear of a new question. */
  readonly channel: ChannelName;
  readonly traceId: string;
}

/** Whether the question was stored, and the ids of tickets that owe people a notice: none, or the question's own. */
export interface StoredQuestion {
  readonly did: 'created' | 'updated' | 'nothing';
  readonly owing: readonly string[];
}

/**
 * Stores a question. A new question gets a notice (a message that people are owed) in the same write, so that a crash
 * cannot separate them. A question that has changed gets none. A question that comes late or twice changes nothing. If
 * the ticket is malformed or CouchDB refuses it, this logs an error and leaves the ticket alone.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: the collector finds the question again.
 */
export async function storeQuestion(question: Question, ports: QuestionStorerPorts): Promise<StoredQuestion> {
  const { store, traceId, channel, log } = ports;
  const _id = questionTicketId(question.site, question.questionId);
  const change = () =>
    changeDocument<StoredQuestion>(_id, patient(store, ports), (found) => {
      const ticket = found && readQuestion(found);
      const asked = { id: 'asked', kind: 'question', at: question.createdAt, traceId } as const;
      const notices = ticket?.notices ?? [newNotice(asked, [channel], storeTime(ports))];
      const owing = notices.length > 0 ? [_id] : [];
      if (!isNews(question, ticket)) return { result: { did: 'nothing', owing } };
      const write = questionDocument(question, { ...ticket, notices });
      return { result: { did: ticket === undefined ? 'created' : 'updated', owing }, write };
    });
  return (await skipBadDocument(change, log)) ?? { did: 'nothing', owing: [] };
}
