/*
 * The view Tickets lists what people may have to look after: apps that fail, and questions of a Stack Exchange site.
 * Each of them is a ticket. An act is one thing that a person did to a ticket, such as a note. This file decides which
 * tickets the view lists: the URL says which ones the person wants.
 */

import type { LabelOf } from '../../src/core/runs/facts.ts';
import type { Act } from '../../src/core/tickets/act.ts';
import { type ListedTicket, listTickets } from '../../src/core/tickets/list-tickets.ts';
import {
  type AnyTicket,
  isReloadTicket,
  TICKET_SOURCES,
  type TicketSource,
  whyFailed,
} from '../../src/core/tickets/ticket.ts';
import { hasWords } from './has-words.ts';
import type { MarkState } from './mark.ts';

/** Whose tickets are listed: everybody's, the person's own, or those that nobody looks after. */
export const WHOSE = ['all', 'mine', 'nobody'] as const;
export type Whose = (typeof WHOSE)[number];

/**
 * States of tickets that are listed only if the URL asks for them: people settled the ticket, or the app succeeded
 * again.
 */
export const SETTLED = ['rejected', 'answered', 'recovered', 'dismissed'] as const;
export type Settled = (typeof SETTLED)[number];

/** Which tickets the URL asks for. */
export interface TicketQuery {
  readonly whose: Whose;
  readonly source: TicketSource | 'all';
  /** Only this user's; if it is empty, everybody's. `whose: 'mine'` goes before it. */
  readonly owner: string;
  /** Only tickets with this tag (people and Stack Exchange sites give tags), or of this chain; if it is empty, any. */
  readonly tag: string;
  /** Which tickets are listed beside the open ones. */
  readonly settled: readonly Settled[];
  /** Only tickets with all words of this text: see `hasWords`. */
  readonly text: string;
  /** Whether the list shows people's notes. */
  readonly hasNotes: boolean;
}

/**
 * Reads what a URL asks for, such as `whose=mine`, `source=questions`, `owner=ann`, `tag=urgent`,
 * `with=rejected,answered`, `text=timeout` or `notes=shown`.
 */
export const ticketQuery = (query: URLSearchParams): TicketQuery => ({
  whose: WHOSE.find((each) => each === query.get('whose')) ?? 'all',
  source: TICKET_SOURCES.find((each) => each === query.get('source')) ?? 'all',
  owner: query.get('owner') ?? '',
  tag: query.get('tag') ?? '',
  settled: SETTLED.filter((each) => (query.get('with') ?? '').split(',').includes(each)),
  text: query.get('text') ?? '',
  hasNotes: query.get('notes') === 'shown',
});

/** The part of a URL that `ticketQuery` reads as this query. Defaults are left out. */
export const ticketSearch = (query: TicketQuery): Record<string, string> => ({
  ...(query.whose !== 'all' && { whose: query.whose }),
  ...(query.source !== 'all' && { source: query.source }),
  ...(query.owner !== '' && { owner: query.owner }),
  ...(query.tag !== '' && { tag: query.tag }),
  ...(query.settled.length > 0 && { with: query.settled.join(',') }),
  ...(query.text !== '' && { text: query.text }),
  ...(query.hasNotes && { notes: 'shown' }),
});

/**
 * The tickets that a query asks for. The one with the latest failure, or the latest activity of a question, comes
 * first.
 *
 * @param user - the person: the tickets of this user are `mine`.
 */
export function ticketsFor(
  { tickets, acts }: { readonly tickets: Iterable<AnyTicket>; readonly acts: Iterable<Act> },
  query: TicketQuery,
  user: string,
  labelOf: LabelOf,
): readonly ListedTicket<AnyTicket>[] {
  const { whose, owner, source, text } = query;
  const owned = whose === 'mine' ? user : owner === '' ? undefined : owner;
  const wanted = { owner: owned, isUnassigned: whose === 'nobody', source, isAll: true };
  return listTickets([...tickets], [...acts], wanted).filter(
    (ticket) =>
      isWanted(ticket, query) &&
      (query.tag === '' || [...ticket.acts.tags, ...givenTagsOf(ticket)].some((each) => each === query.tag)) &&
      hasWords(textsOf(ticket, labelOf), text),
  );
}

/** Whether a ticket is open, or in a state that the query asks for, too. */
function isWanted(ticket: ListedTicket<AnyTicket>, { settled }: TicketQuery): boolean {
  const { acts } = ticket;
  if (acts.dismissedAt !== undefined && !settled.includes('dismissed')) return false;
  return acts.state === 'open' || acts.dismissedAt !== undefined || settled.some((each) => each === acts.state);
}

/** The texts of a ticket in which a search looks. */
const textsOf = (ticket: ListedTicket<AnyTicket>, labelOf: LabelOf): readonly string[] => [
  titleOf(ticket, labelOf),
  ticket._id,
  ...(isReloadTicket(ticket) ? [whyFailed(ticket), ticket.log ?? ''] : [ticket.author ?? '']),
  ...givenTagsOf(ticket),
  ...ticket.acts.tags,
  ...ticket.acts.history.flatMap((act) => (act.kind === 'note' || act.kind === 'reject' ? [act.value] : [])),
];

/** The title of a ticket: the app's name, or the question. */
export const titleOf = (ticket: AnyTicket, labelOf: LabelOf): string =>
  isReloadTicket(ticket) ? labelOf(ticket) : ticket.title;

/** The tags that a ticket has by itself: the chains of the app, or the tags of the question on its site. */
export const givenTagsOf = (ticket: AnyTicket): readonly string[] =>
  isReloadTicket(ticket) ? ticket.chains : ticket.tags;

/** What the filters offer, sorted: all people who did an act or were given a ticket, and all tags and chains. */
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

/** How a ticket is marked: by a colour and glyph (`state`), and by a word such as `open`, or `answered, dismissed`. */
export function ticketMark({ acts }: Pick<ListedTicket, 'acts'>): { readonly state: MarkState; readonly word: string } {
  const word = acts.dismissedAt === undefined ? acts.state : `${acts.state}, dismissed`;
  if (acts.state === 'recovered' || acts.state === 'answered') return { state: 'succeeded', word };
  return { state: acts.state === 'rejected' || acts.dismissedAt !== undefined ? 'canceled' : 'failed', word };
}
