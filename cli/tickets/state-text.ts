import type { ListedTicket } from '../../src/core/tickets/list-tickets.ts';

/**
 * The state of a ticket (something that a person may have to look after) in words: `open`, `answered`, `open,
 * dismissed`.
 */
export const stateText = ({ acts }: Pick<ListedTicket, 'acts'>): string =>
  acts.dismissedAt === undefined ? acts.state : `${acts.state}, dismissed`;
