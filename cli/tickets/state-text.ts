import type { ListedTicket } from '../../src/core/tickets/list-tickets.ts';

/** `open`, `answered`, `open, dismissed`. */
export const stateText = ({ acts }: Pick<ListedTicket, 'acts'>): string =>
  acts.dismissedAt === undefined ? acts.state : `${acts.state}, dismissed`;
