import type { ListedTicket } from '../../src/core/tickets/list-tickets.ts';

/**
 * The state of a ticket (one streak of failures of an app, for people to look after) in words: `open`, `answered`, or
 * `open, dismissed`, for example. The commands `cascade ticket` and `cascade tickets` print it.
 */
export const stateText = ({ acts }: Pick<ListedTicket, 'acts'>): string =>
  acts.dismissedAt === undefined ? acts.state : `${acts.state}, dismissed`;
