/*
 * A ticket is one streak of failures of an app, or a question of a Stack Exchange site, for people to look after.
 * `cascade tickets` lists them. This file makes the list.
 */

import { instantText } from '../../src/core/runs/time-words.ts';
import { type ListedTicket, listTickets, type TicketFilter } from '../../src/core/tickets/list-tickets.ts';
import { type AnyTicket, isReloadTicket, lastNewsOf } from '../../src/core/tickets/ticket.ts';
import type { LedgerContext, LedgerReport } from '../ledger/ledger-command.ts';
import { counted } from '../terminal.ts';
import { readTickets } from './read-tickets.ts';
import { stateText } from './state-text.ts';
import { ticketJson } from './ticket-json.ts';

/**
 * `cascade tickets`: shows a line for each ticket that the filter lets through. The one with the latest failure, or the
 * latest activity of a question, comes first.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function showTickets(context: LedgerContext, filter: TicketFilter): Promise<LedgerReport> {
  const { store, labelOf } = context;
  const { tickets, acts, missing } = await readTickets(store);
  const shown = listTickets(tickets, acts, filter);
  const others = tickets.length - shown.length;
  const hint = others === 0 || filter.isAll === true ? '' : `; ${others} not shown (--all shows the settled ones, too)`;
  return {
    ok: true,
    json: { tickets: shown.map((ticket) => ticketJson(ticket, labelOf)), missing },
    lines: [
      ...ticketLines(shown, context),
      `${shown.length === 0 ? 'No tickets' : counted(shown.length, 'ticket')}${hint}`,
    ],
    notes: missing,
    isEmpty: tickets.length === 0,
  };
}

function ticketLines(tickets: readonly ListedTicket<AnyTicket>[], context: LedgerContext): readonly string[] {
  const { paints } = context;
  const rows = tickets.map((ticket) => {
    const { acts, _id } = ticket;
    const tags = acts.tags.map((tag) => ` #${tag}`).join('');
    const what = `${aboutText(ticket, context)}${tags}`;
    return [paints.dim(instantText(lastNewsOf(ticket))), stateText(ticket), acts.owner ?? '-', what, paints.dim(_id)];
  });
  const widths = [1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([at, state = '', owner = '', what = '', id]) =>
    [at, state.padEnd(widths[0] ?? 0), owner.padEnd(widths[1] ?? 0), what.padEnd(widths[2] ?? 0), id].join('  '),
  );
}

/** What a ticket is about: `Extract, failed 3 times`, or `Question: Why?, 1 answer`. */
function aboutText(ticket: AnyTicket, { labelOf }: LedgerContext): string {
  if (!isReloadTicket(ticket)) return `Question: ${ticket.title}, ${counted(ticket.answers, 'answer')}`;
  return `${labelOf(ticket)}, failed ${ticket.times === 1 ? 'once' : `${ticket.times} times`}`;
}
