import type { View, ViewProps } from '../view.ts';
import { OneTicket } from './one-ticket.tsx';
import { TicketList } from './ticket-list.tsx';

/**
 * The view Tickets, where people see what they may have to look after. `#/tickets?…` lists it, `#/tickets/<id>` shows
 * one. A ticket is a streak of failures of one app until its next success, or a question of a Stack Exchange site.
 */
export const ticketsView: View = { name: 'tickets', title: 'Tickets', Content: Tickets };

function Tickets(props: ViewProps) {
  const [id] = props.route.path;
  return id === undefined ? <TicketList {...props} /> : <OneTicket {...props} id={id} />;
}
