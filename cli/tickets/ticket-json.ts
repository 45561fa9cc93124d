import { lastErrorIn } from '../../src/core/desk/last-error.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import type { ListedTicket } from '../../src/core/tickets/list-tickets.ts';
import { type AnyTicket, isReloadTicket } from '../../src/core/tickets/ticket.ts';
import { appJson, iso } from '../ledger/json-facts.ts';

/**
 * A ticket as `cascade ticket --json` and `cascade tickets --json` print it. It is one streak of failures of an app, or
 * a question of a Stack Exchange site: `kind` says which. A field that is undefined does not appear in JSON.
 */
export function ticketJson(ticket: ListedTicket<AnyTicket>, labelOf: LabelOf): object {
  const { _id, acts } = ticket;
  const standing = {
    ...{ state: acts.state, owner: acts.owner, tags: acts.tags, reason: acts.reason, minutes: acts.minutes },
    dismissedAt: iso(acts.dismissedAt),
  };
  if (!isReloadTicket(ticket)) {
    const { site, questionId, title, link, author, reputation, answers, isAnswered, isAccepted, score } = ticket;
    return {
      ...{ ticket: _id, kind: 'question', ...standing, site, questionId, title, link, author, reputation },
      ...{ siteTags: ticket.tags, answers, isAnswered, isAccepted, score },
      ...{ createdAt: iso(ticket.createdAt), activeAt: iso(ticket.activeAt) },
    };
  }
  const { chains, reloadId, failedAt, lastFailedAt, times, recoveredAt, waiting } = ticket;
  return {
    ...{ ticket: _id, kind: 'reload', app: appJson(ticket, labelOf), ...standing, chains, reloadId },
    ...{ failedAt: iso(failedAt), lastFailedAt: iso(lastFailedAt), times, error: lastErrorIn(ticket) },
    ...{ recoveredAt: iso(recoveredAt), waiting },
  };
}
