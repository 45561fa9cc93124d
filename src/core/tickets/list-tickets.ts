import { groupBy } from '../group-by.ts';
import type { Act } from './act.ts';
import { actIdParts } from './act-id.ts';
import { type FoldedActs, foldActs } from './fold-acts.ts';
import { type AnyTicket, isReloadTicket, lastNewsOf, type Ticket, type TicketSource } from './ticket.ts';

/** A ticket (it is about an app's failures, or a question), and how it stands by what people did to it, their acts. */
export type ListedTicket<T extends AnyTicket = Ticket> = T & { readonly acts: FoldedActs };

/** Which tickets to list. */
export interface TicketFilter {
  /** Only this user's. */
  readonly owner?: string | undefined;
  /** Only nobody's. */
  readonly isUnassigned?: boolean | undefined;
  /** Only those to which somebody gave this tag, and questions that have it on their site. */
  readonly tag?: string | undefined;
  /** Only those about this; `all` if it is absent. */
  readonly source?: TicketSource | 'all' | undefined;
  /** Also those that are rejected, answered, recovered or dismissed. */
  readonly isAll?: boolean | undefined;
}

/**
 * Lists tickets for `cascade ticket` and the dashboard: those that a filter lets pass, each with how it stands. The one
 * with the latest failure or activity comes first.
 */
export function listTickets<T extends AnyTicket>(
  tickets: readonly T[],
  acts: readonly Act[],
  filter: TicketFilter,
): readonly ListedTicket<T>[] {
  const actsOf = groupBy(acts, ({ _id }) => actIdParts(_id)?.subject);
  return tickets
    .map((ticket) => ({ ...ticket, acts: foldActs(ticket, actsOf.get(ticket._id) ?? []) }))
    .filter((ticket) => isListed(ticket, filter))
    .sort((one, other) => lastNewsOf(other) - lastNewsOf(one) || (one._id < other._id ? -1 : 1));
}

function isListed(
  ticket: ListedTicket<AnyTicket>,
  { owner, isUnassigned, tag, source = 'all', isAll }: TicketFilter,
): boolean {
  const { acts } = ticket;
  if (source !== 'all' && isReloadTicket(ticket) !== (source === 'reloads')) return false;
  if (isAll !== true && (acts.state !== 'open' || acts.dismissedAt !== undefined)) return false;
  if (owner !== undefined && acts.owner !== owner) return false;
  if (isUnassigned === true && acts.owner !== undefined) return false;
  if (tag === undefined || acts.tags.includes(tag)) return true;
  return !isReloadTicket(ticket) && ticket.tags.includes(tag);
}
