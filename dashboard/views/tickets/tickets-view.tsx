import type { View, ViewProps } from '../view.ts';
import { OneTicket } from './one-ticket.tsx';
import { TicketList } from './ticket-list.tsx';

/** Tickets: `#/tickets?…` lists them, `#/tickets/<id>` shows one. A ticket is an app's run of failures until its next success. */
export const ticketsView: View = { name: 'tickets', title: 'Tickets', Content: Tickets };

function Tickets(props: ViewProps) {
  const [id] = props.route.path;
  return id === undefined ? <TicketList {...props} /> : <OneTicket {...props} id={id} />;
}
