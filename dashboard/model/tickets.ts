/*
 * A ticket is an app's run of failures, or a question, which a person may have to look after. An act is one thing that a person did to a
 * ticket. Here is decided which tickets the page lists, from what the URL asks for.
 */

import type { LabelOf } from '../../src/core/runs/facts.ts';
import type { Act } from '../../src/core/tickets/act.ts';
import { type ListedTicket, listTickets } from '../../src/core/tickets/list-tickets.ts';
import { type AnyTicket, isReloadTicket } from '../../src/core/tickets/ticket.ts';
import type { MarkState } from './mark.ts';

/** Whose tickets are listed. */
export const WHOSE = ['all', 'mine', 'nobody'] as const;
export type Whose = (typeof WHOSE)[number];

/** Tickets that are listed only if the URL asks for them: people settled them, or the app succeeded again. */
export const SETTLED = ['rejected', 'answered', 'recovered', 'dismissed'] as const;
export type Settled = (typeof SETTLED)[number];

/** What tickets are about; `all` is both. */
export const SOURCES_OF_TICKETS = ['all', 'reloads', 'questions'] as const;
export type SourceOfTickets = (typeof SOURCES_OF_TICKETS)[number];

/** Which tickets the URL asks for. */
export interface TicketQuery {
  readonly whose: Whose;
  readonly source: SourceOfTickets;
  /** Only this user's; the empty text is everybody's. */
  readonly owner: string;
  /** Only tickets with this tag of a person or of the site, or of the chain with this name; the empty text is any. */
  readonly tag: string;
  readonly settled: readonly Settled[];
  /** Only tickets with this text, in small or capital letters; the empty text is in every ticket. */
  readonly text: string;
  readonly hasNotes: boolean;
}

/** Reads what a URL asks for: `whose=mine`, `source=questions`, `owner=ann`, `tag=urgent`, `with=rejected,answered`, `text=timeout`, `notes=shown`. */
export const ticketQuery = (query: URLSearchParams): TicketQuery => ({
  whose: WHOSE.find((each) => each === query.get('whose')) ?? 'all',
  source: SOURCES_OF_TICKETS.find((each) => each === query.get('source')) ?? 'all',
  owner: query.get('owner') ?? '',
  tag: query.get('tag') ?? '',
  settled: SETTLED.filter((each) => (query.get('with') ?? '').split(',').includes(each)),
  text: query.get('text') ?? '',
  hasNotes: query.get('notes') === 'shown',
});

/** The part of a URL that `ticketQuery` reads as this query. What is as usual is left out. */
export const ticketSearch = (query: TicketQuery): Record<string, string> => ({
  ...(query.whose !== 'all' && { whose: query.whose }),
  ...(query.source !== 'all' && { source: query.source }),
  ...(query.owner !== '' && { owner: query.owner }),
  ...(query.tag !== '' && { tag: query.tag }),
  ...(query.settled.length > 0 && { with: query.settled.join(',') }),
  ...(query.text !== '' && { text: query.text }),
  ...(query.hasNotes && { notes: 'shown' }),
});

/** The tickets that a query asks for, the one with the latest failure or activity first. @param user - whose tickets are `mine`. */
export function ticketsFor(
  { tickets, acts }: { readonly tickets: Iterable<AnyTicket>; readonly acts: Iterable<Act> },
  query: TicketQuery,
  user: string,
  labelOf: LabelOf,
): readonly ListedTicket<AnyTicket>[] {
  const { whose, owner, text } = query;
  const sought = text.trim().toLowerCase();
  const owned = whose === 'mine' ? user : owner === '' ? undefined : owner;
  return listTickets([...tickets], [...acts], { owner: owned, isUnassigned: whose === 'nobody', isAll: true }).filter(
    (ticket) =>
      isWanted(ticket, query) &&
      (query.tag === '' || [...ticket.acts.tags, ...givenTagsOf(ticket)].some((each) => each === query.tag)) &&
      textsOf(ticket, labelOf).some((each) => each.toLowerCase().includes(sought)),
  );
}

/** Whether a ticket is from the source, and open, or settled in a way that the query asks for. */
function isWanted(ticket: ListedTicket<AnyTicket>, { settled, source }: TicketQuery): boolean {
  const { acts } = ticket;
  if (source !== 'all' && isReloadTicket(ticket) !== (source === 'reloads')) return false;
  if (acts.dismissedAt !== undefined && !settled.includes('dismissed')) return false;
  return acts.state === 'open' || acts.dismissedAt !== undefined || settled.some((each) => each === acts.state);
}

/** Everything in a ticket that a search looks at. */
const textsOf = (ticket: ListedTicket<AnyTicket>, labelOf: LabelOf): readonly string[] => [
  titleOf(ticket, labelOf),
  ticket._id,
  ...(isReloadTicket(ticket) ? [ticket.error?.message ?? '', ticket.log ?? ''] : [ticket.author ?? '']),
  ...givenTagsOf(ticket),
  ...ticket.acts.tags,
  ...ticket.acts.history.flatMap((act) => (act.kind === 'note' || act.kind === 'reject' ? [act.value] : [])),
];

/** What a ticket is called: the app's name, or the question. */
export const titleOf = (ticket: AnyTicket, labelOf: LabelOf): string =>
  isReloadTicket(ticket) ? labelOf(ticket) : ticket.title;

/** The tags that no person gave: the app's chains, or the question's tags on its site. */
export const givenTagsOf = (ticket: AnyTicket): readonly string[] =>
  isReloadTicket(ticket) ? ticket.chains : ticket.tags;

/** What a person can choose from: everybody who did or got something, and every tag and chain, sorted. */
export function choicesIn(
  tickets: Iterable<AnyTicket>,
  acts: Iterable<Act>,
): { readonly people: readonly string[]; readonly tags: readonly string[] } {
  const [people, tags] = [new Set<string>(), new Set<string>()];
  for (const act of acts) {
    people.add(act.by);
    if (act.kind === 'own' && act.value !== null) people.add(act.value);
    if (act.kind === 'tag') tags.add(act.value);
  }
  for (const ticket of tickets) for (const tag of givenTagsOf(ticket)) tags.add(tag);
  return { people: [...people].sort(), tags: [...tags].sort() };
}

/** The mark of a ticket, and its word: `open`, `answered, dismissed`. */
export function ticketMark({ acts }: Pick<ListedTicket, 'acts'>): { readonly state: MarkState; readonly word: string } {
  const word = acts.dismissedAt === undefined ? acts.state : `${acts.state}, dismissed`;
  if (acts.state === 'recovered' || acts.state === 'answered') return { state: 'succeeded', word };
  return { state: acts.state === 'rejected' || acts.dismissedAt !== undefined ? 'canceled' : 'failed', word };
}
