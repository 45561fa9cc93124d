import type { CountedEnd } from '../../../src/core/desk/app-state.ts';
import type { EndedStreak, Streak } from '../../../src/core/desk/notice.ts';
import { raisedTicket } from '../../../src/core/tickets/raise-ticket.ts';
import type { Ticket } from '../../../src/core/tickets/ticket.ts';

/**
 * Corrects a ticket by the ends of reloads. A streak is an app's failures until its next success. The number of
 * failures is only raised, because a purge may have removed ends. The log and the chains stay: the ends do not say what
 * Qlik's log was, or which chains were deployed when the ticket was made.
 *
 * @param first - the end with which the streak began. If a purge has removed it, the error stays.
 */
export function correctedTicket<T extends Ticket>(
  ticket: T,
  streak: Streak | EndedStreak,
  first: CountedEnd | undefined,
): T {
  const { recoveredAt: _, ...raised } = raisedTicket(ticket, streak) ?? ticket;
  const { error: __, ...rest } = raised;
  const { error } = first ?? raised;
  // A ticket that knows of more failures may also know of a later one.
  const lastFailedAt = ticket.times > streak.times ? raised.lastFailedAt : streak.lastFailedAt;
  return {
    ...rest,
    reloadId: streak.first,
    failedAt: streak.since,
    lastFailedAt,
    ...(error !== undefined && { error }),
    ...('recoveredAt' in streak && { recoveredAt: streak.recoveredAt }),
    // What was taken out is optional, so this is a T.
  } as unknown as T;
}
