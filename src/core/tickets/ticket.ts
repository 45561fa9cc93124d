import { lastErrorIn, type NotedError, reasonText, UNKNOWN_REASON } from '../desk/last-error.ts';
import type { AppKey, AppRef, ChainName, ReloadId } from '../names.ts';
import type { EpochMs } from '../units.ts';
import type { QuestionTicket } from './question.ts';

/**
 * A ticket: something that a person may have to look after. This kind is about a streak, that is, an app's failures
 * until its next success. `cascade ticket` and the dashboard show tickets, with why the last reload failed
 * (`whyFailed`). What people do to a ticket is stored beside it, in documents of their own (acts).
 */
export interface Ticket extends AppRef, NotedError {
  readonly _id: string;
  /** The chains that have the app. */
  readonly chains: readonly ChainName[];
  /** The reload that failed first. */
  readonly reloadId: ReloadId;
  /** When it failed. */
  readonly failedAt: EpochMs;
  readonly lastFailedAt: EpochMs;
  /** How often the app has failed, the first time included. */
  readonly times: number;
  /**
   * The end of the first failed reload's log, at most 2 kB (log-tail.ts). The sweep, which runs every 5 minutes, adds
   * it.
   */
  readonly log?: string;
  /** When the sweep asks Qlik for that log. Absent if nothing is left to ask for. */
  readonly dueAt?: EpochMs;
  /** When the app succeeded again. */
  readonly recoveredAt?: EpochMs;
  /** The apps that a success of this app would reload, directly or by way of others, and its failure does not. */
  readonly waiting: readonly AppKey[];
}

/**
 * Why an app failed last, for people. An earlier version of Cascade kept the error of the first failure in the ticket:
 * after another failure, it is not shown.
 */
export function whyFailed(ticket: Ticket): string {
  const error = lastErrorIn(ticket);
  return error === ticket.error ? reasonText(error) : UNKNOWN_REASON;
}

/** A ticket of either kind: about an app's failures, or about a question on a Stack Exchange site. */
export type AnyTicket = Ticket | QuestionTicket;

/** What tickets may be about. */
export const TICKET_SOURCES = ['reloads', 'questions'] as const;
export type TicketSource = (typeof TICKET_SOURCES)[number];

/** Whether a ticket is about an app's failures, and not about a question. */
export const isReloadTicket = <T extends AnyTicket>(ticket: T): ticket is Exclude<T, QuestionTicket> =>
  !('questionId' in ticket);

/** When something last happened to what a ticket is about: a failure, or an activity of a question. */
export const lastNewsOf = (ticket: AnyTicket): EpochMs =>
  isReloadTicket(ticket) ? ticket.lastFailedAt : ticket.activeAt;
