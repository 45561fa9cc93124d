import { lastErrorIn } from '../../src/core/desk/last-error.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import type { ListedTicket } from '../../src/core/tickets/list-tickets.ts';
import type { QuestionTicket } from '../../src/core/tickets/question.ts';
import { type AnyTicket, isReloadTicket, type Ticket } from '../../src/core/tickets/ticket.ts';
import { appJson, iso } from '../ledger/json-facts.ts';

/**
 * A ticket as `cascade ticket --json` and `cascade tickets --json` print it. It is one streak of failures of an app, or
 * a question of a Stack Exchange site: `kind` says which. A field that is undefined does not appear in JSON.
 */
export function ticketJson(ticket: ListedTicket<AnyTicket>, labelOf: LabelOf): object {
  const { _id, acts } = ticket;
  return {
    ...{ ticket: _id, ...(isReloadTicket(ticket) ? failureJson(ticket, labelOf) : questionJson(ticket)) },
    ...{ state: acts.state, owner: acts.owner, tags: acts.tags, reason: acts.reason, minutes: acts.minutes },
    dismissedAt: iso(acts.dismissedAt),
  };
}

function failureJson(ticket: Ticket, labelOf: LabelOf): object {
  const { chains, reloadId, failedAt, lastFailedAt, times, recoveredAt, waiting } = ticket;
  return {
    ...{ kind: 'reload', app: appJson(ticket, labelOf), chains, reloadId, failedAt: iso(failedAt) },
    ...{ lastFailedAt: iso(lastFailedAt), times, error: lastErrorIn(ticket), recoveredAt: iso(recoveredAt), waiting },
  };
}

function questionJson({ tags, createdAt, activeAt, ...question }: QuestionTicket): object {
  const { site, questionId, title, link, author, reputation, answers, isAnswered, isAccepted, score } = question;
  return {
    ...{ kind: 'question', site, questionId, title, link, author, reputation, siteTags: tags, answers, isAnswered },
    ...{ isAccepted, score, createdAt: iso(createdAt), activeAt: iso(activeAt) },
  };
}
