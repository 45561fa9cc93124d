import { lastErrorIn, notedError } from '../desk/last-error.ts';
import type { EndedStreak, Streak } from '../desk/notice.ts';
import type { AppRef } from '../names.ts';
import type { EpochMs } from '../units.ts';
import type { Ticket } from './ticket.ts';

/** The facts of a new ticket beside its streak. A streak is an app's failures until its next success. */
export type TicketFacts = AppRef & Pick<Ticket, 'chains' | 'error' | 'waiting'>;

/**
 * Makes the ticket of a streak that has none, by which people see the failure and deal with it. The ticket is due, so
 * that the sweep (it runs every 5 minutes) asks Qlik for the log of the reload that failed. If the app has recovered
 * already, nobody needs the log, and the ticket is not due.
 *
 * @param facts - `error` is why the first reload failed. It serves if the streak has no other failure and no error.
 * @param now - the clock of the store, CouchDB.
 */
export function newTicket(
  streak: Streak | EndedStreak,
  { tenant, appId, chains, error, waiting }: TicketFacts,
  now: EpochMs,
): Ticket {
  const { ticket: _id, first: reloadId, since: failedAt, lastFailedAt, times } = streak;
  const why = lastErrorIn(streak) ?? (times === 1 ? error : undefined);
  const head = { _id, tenant, appId, chains, reloadId, failedAt, lastFailedAt, times };
  const ticket = { ...head, waiting, ...notedError(why, lastFailedAt, failedAt), ...recoveryOf(streak) };
  return ticket.recoveredAt === undefined ? { ...ticket, dueAt: now } : ticket;
}

/**
 * Brings a ticket up to date with its streak. Another activation may have written a later state of the streak already.
 * So of two counts the greater one stays, the error is that of the later failure, and the recovery is noted only once.
 * After the recovery, nobody asks for the reload's log.
 *
 * @returns undefined if the ticket is up to date.
 */
export function raisedTicket<T extends Ticket>(ticket: T, streak: Streak | EndedStreak): T | undefined {
  const times = Math.max(ticket.times, streak.times);
  const lastFailedAt = Math.max(ticket.lastFailedAt, streak.lastFailedAt) as EpochMs;
  const recovery = ticket.recoveredAt === undefined ? recoveryOf(streak) : {};
  const known = lastErrorIn(ticket);
  const error = lastErrorOf(ticket, streak);
  const isUpToDate = times === ticket.times && lastFailedAt === ticket.lastFailedAt && error === known;
  if (isUpToDate && recovery.recoveredAt === undefined) return undefined;
  const { error: _, errorAt: __, ...rest } = ticket;
  const noted = notedError(error, lastFailedAt, ticket.failedAt);
  // What was taken out is optional, so this is a T.
  const raised = { ...rest, times, lastFailedAt, ...recovery, ...noted } as T;
  return recovery.recoveredAt === undefined ? raised : withoutDue(raised);
}

/** Why the app failed last, by the ticket or the streak, whichever knows of a later failure. */
function lastErrorOf(ticket: Ticket, streak: Streak): Ticket['error'] {
  if (ticket.lastFailedAt > streak.lastFailedAt) return lastErrorIn(ticket);
  const error = lastErrorIn(streak);
  return ticket.lastFailedAt === streak.lastFailedAt ? (lastErrorIn(ticket) ?? error) : error;
}

/** A ticket for whose log nobody asks any more. */
export function withoutDue<T extends Ticket>(ticket: T): T {
  const { dueAt: _, ...rest } = ticket;
  // `dueAt` is optional, so what is left is a T.
  return rest as T;
}

const recoveryOf = (streak: Streak | EndedStreak): Pick<Ticket, 'recoveredAt'> =>
  'recoveredAt' in streak ? { recoveredAt: streak.recoveredAt } : {};
