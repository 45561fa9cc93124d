import { groupBy } from '../chains/group-by.ts';
import type { Act } from './act.ts';
import { actIdParts } from './act-id.ts';
import { type FoldedActs, foldActs } from './fold-acts.ts';
import type { Ticket } from './ticket.ts';

/** A ticket (a run of failures of an app) with what people made of it by their acts. */
export interface ListedTicket extends Ticket {
  readonly acts: FoldedActs;
}

/** Which tickets to list. */
export interface TicketFilter {
  /** Only this user's. */
  readonly owner?: string | undefined;
  /** Only nobody's. */
  readonly isUnassigned?: boolean | undefined;
  readonly tag?: string | undefined;
  /** Also those that are rejected, answered, recovered or dismissed. */
  readonly isAll?: boolean | undefined;
}

/** The tickets that a filter lets pass, each with its acts: the one that failed last comes first. */
export function listTickets(
  tickets: readonly Ticket[],
  acts: readonly Act[],
  filter: TicketFilter,
): readonly ListedTicket[] {
  const actsOf = groupBy(acts, ({ _id }) => actIdParts(_id)?.subject);
  return tickets
    .map((ticket) => ({ ...ticket, acts: foldActs(ticket, actsOf.get(ticket._id) ?? []) }))
    .filter((ticket) => isListed(ticket, filter))
    .sort((one, other) => other.lastFailedAt - one.lastFailedAt || (one._id < other._id ? -1 : 1));
}

function isListed({ acts }: ListedTicket, { owner, isUnassigned, tag, isAll }: TicketFilter): boolean {
  if (isAll !== true && (acts.state !== 'open' || acts.dismissedAt !== undefined)) return false;
  if (owner !== undefined && acts.owner !== owner) return false;
  if (isUnassigned === true && acts.owner !== undefined) return false;
  return tag === undefined || acts.tags.includes(tag);
}
