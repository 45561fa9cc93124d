import { definedFields } from '../../../src/core/defined-fields.ts';
import type { CountedEnd } from '../../../src/core/desk/app-state.ts';
import { lastErrorIn, notedError } from '../../../src/core/desk/last-error.ts';
import type { EndedStreak, Streak } from '../../../src/core/desk/notice.ts';
import { raisedTicket } from '../../../src/core/tickets/raise-ticket.ts';
import type { Ticket } from '../../../src/core/tickets/ticket.ts';

/**
 * Corrects a ticket by the ends of reloads. A streak is an app's failures until its next success. The number of
 * failures is only raised, because a purge may have removed ends. The log and the chains stay: the ends do not say what
 * Qlik's log was, or which chains were deployed when the ticket was made.
 *
 * @param last - the end of the streak's last failure. If a purge has removed it, the error stays, unless the streak
 *   says it.
 */
export function correctedTicket<T extends Ticket>(
  ticket: T,
  streak: Streak | EndedStreak,
  last: CountedEnd | undefined,
): T {
  const raised = raisedTicket(ticket, streak) ?? ticket;
  const { error, errorAt, recoveredAt: _, ...rest } = raised;
  // A ticket that knows of more failures may also know of a later one.
  const lastFailedAt = ticket.times > streak.times ? raised.lastFailedAt : streak.lastFailedAt;
  const isOfStreak = lastFailedAt === streak.lastFailedAt;
  const found = last === undefined ? lastErrorIn(streak) : last.error;
  // If the end is there and has no error, Qlik gave none.
  const isKnown = isOfStreak && (last !== undefined || found !== undefined);
  return {
    ...rest,
    reloadId: streak.first,
    failedAt: streak.since,
    lastFailedAt,
    ...(isKnown ? notedError(found, lastFailedAt, streak.since) : definedFields({ error, errorAt })),
    ...('recoveredAt' in streak && { recoveredAt: streak.recoveredAt }),
    // What was taken out is optional, so this is a T.
  } as unknown as T;
}
