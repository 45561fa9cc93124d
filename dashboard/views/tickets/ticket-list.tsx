import type { ListedTicket } from '../../../src/core/tickets/list-tickets.ts';
import { type AnyTicket, isReloadTicket, lastNewsOf, whyFailed } from '../../../src/core/tickets/ticket.ts';
import { choicesIn, givenTagsOf, ticketMark, ticketQuery, ticketsFor, titleOf } from '../../model/tickets.ts';
import { hrefTo } from '../../routes.ts';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import type { ViewProps } from '../view.ts';
import { AskedBy } from './asked-by.tsx';
import { TicketFilters } from './ticket-filters.tsx';

/**
 * Shows the tickets that the URL asks for, with the filters above them. The one with the latest failure, or the latest
 * activity of a question, comes first. A ticket is a streak of failures of one app, or a question.
 */
export function TicketList({ ledger, route, now, user }: ViewProps) {
  const query = ticketQuery(route.query);
  const known = { tickets: [...ledger.of('ticket').values()], acts: [...ledger.of('act').values()] };
  const tickets = ticketsFor(known, query, user, ledger.labelOf);
  return (
    <>
      <TicketFilters query={query} {...choicesIn(known.tickets, known.acts)} />
      <p role="status">
        {tickets.length === 0
          ? known.tickets.length === 0
            ? 'No app has failed in the days that are on this device, and there is no question.'
            : `None of ${known.tickets.length} tickets is like that.`
          : `${tickets.length} of ${known.tickets.length} tickets`}
      </p>
      {tickets.length > 0 && (
        <table class="rows">
          <caption class="unseen">Tickets, the one with the latest failure or activity first</caption>
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">App or question</th>
              <th scope="col">Failed or active last</th>
              <th scope="col">Failures or answers</th>
              <th scope="col">Owner</th>
              <th scope="col">Tags</th>
              <th scope="col">Error or author</th>
            </tr>
          </thead>
          <tbody>
            {tickets.map((ticket) => (
              <Row
                key={ticket._id}
                ticket={ticket}
                label={titleOf(ticket, ledger.labelOf)}
                now={now}
                hasNotes={query.hasNotes}
              />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

interface RowProps extends Pick<ViewProps, 'now'> {
  readonly ticket: ListedTicket<AnyTicket>;
  readonly label: string;
  readonly hasNotes: boolean;
}

function Row({ ticket, label, now, hasNotes }: RowProps) {
  const { _id, acts } = ticket;
  const notes = hasNotes ? acts.history.filter(({ kind }) => kind === 'note') : [];
  return (
    <tr>
      <td>
        <Mark {...ticketMark(ticket)} />
      </td>
      <th scope="row">
        <a href={hrefTo('tickets', [_id])}>{label}</a>
      </th>
      <td data-label="Last">
        <Instant at={lastNewsOf(ticket)} now={now} />
      </td>
      <td data-label={isReloadTicket(ticket) ? 'Failures' : 'Answers'}>
        {isReloadTicket(ticket) ? ticket.times : ticket.answers}
      </td>
      <td data-label="Owner">{acts.owner ?? 'nobody'}</td>
      <td data-label="Tags">{[...acts.tags.map((tag) => `#${tag}`), ...givenTagsOf(ticket)].join(', ')}</td>
      <td class="text">
        {isReloadTicket(ticket) ? whyFailed(ticket) : <AskedBy question={ticket} />}
        {notes.map((note) => (
          <p key={note._id} class="aside">
            {note.by}: {note.value}
          </p>
        ))}
      </td>
    </tr>
  );
}
