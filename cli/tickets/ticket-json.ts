import type { LabelOf } from '../../src/core/runs/facts.ts';
import type { ListedTicket } from '../../src/core/tickets/list-tickets.ts';
import { appJson, iso } from '../ledger/json-facts.ts';

/**
 * A ticket (one streak of failures of an app, for people to look after) as `cascade ticket --json` and `cascade tickets
 * --json` print it. A field that is undefined does not appear in JSON.
 */
export const ticketJson = (ticket: ListedTicket, labelOf: LabelOf) => ({
  ticket: ticket._id,
  app: appJson(ticket, labelOf),
  state: ticket.acts.state,
  owner: ticket.acts.owner,
  tags: ticket.acts.tags,
  reason: ticket.acts.reason,
  minutes: ticket.acts.minutes,
  dismissedAt: iso(ticket.acts.dismissedAt),
  chains: ticket.chains,
  reloadId: ticket.reloadId,
  failedAt: iso(ticket.failedAt),
  lastFailedAt: iso(ticket.lastFailedAt),
  times: ticket.times,
  error: ticket.error,
  recoveredAt: iso(ticket.recoveredAt),
  waiting: ticket.waiting,
});
