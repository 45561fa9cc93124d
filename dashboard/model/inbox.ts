/*
 * The inbox lists what Cascade heard, as it heard it: ends of reloads (events), and bodies that nobody understood (dead
 * letters). For each end it says what the end caused. An order is a reload that Cascade owes because of an end.
 */

import type { EventFact, LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { causeIds } from '../../src/core/runs/order-causes.ts';
import { outcomeWords, skipWords } from '../../src/core/runs/skip-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { DeadDocument } from '../../src/ledger/documents/dead.ts';

/** What the inbox lists: ends, dead letters, or ends after which nothing was reloaded. */
export const INBOX_FILTERS = ['all', 'letters', 'nothing-followed', 'not-finished'] as const;
export type InboxFilter = (typeof INBOX_FILTERS)[number];

/** One line of the inbox. */
export interface InboxLine {
  readonly id: string;
  readonly receivedAt: EpochMs;
  readonly kind: 'end' | 'letter';
  /** `Sales extract succeeded`, or the reason why nobody understood the letter. */
  readonly what: string;
  readonly from: string;
  /** What it caused, or why it caused nothing. */
  readonly caused: string;
  readonly isFinished: boolean;
}

/** How Cascade heard of an end. */
const SOURCES: Readonly<Record<EventFact['source'], string>> = {
  webhook: 'a webhook',
  sweep: 'the sweep, in Qlik’s list of reloads',
  replay: 'a replay',
};

/** How Cascade heard of an end, in words. */
export const sourceWords = ({ source }: Pick<EventFact, 'source'>): string => SOURCES[source];

/** The orders that each end caused, by the id of its event. */
export function ordersByCause(orders: Iterable<OrderFact>): ReadonlyMap<string, readonly OrderFact[]> {
  const byCause = new Map<string, OrderFact[]>();
  for (const order of orders) {
    for (const id of causeIds(order)) byCause.set(id, [...(byCause.get(id) ?? []), order]);
  }
  return byCause;
}

/**
 * The lines of the inbox, the one that was received last first.
 *
 * @param text - only lines with this text in them, in small or capital letters; the empty text is in every line.
 */
export function inboxLines(
  { events, letters, caused }: InboxFacts,
  { filter, text }: { readonly filter: InboxFilter; readonly text: string },
  labelOf: LabelOf,
): readonly InboxLine[] {
  const ends = [...events].map((event) => endLine(event, caused.get(event._id) ?? [], labelOf));
  const sought = text.trim().toLowerCase();
  return [...ends, ...[...letters].map(letterLine)]
    .filter((line) => passes(line, filter, caused) && isAbout(line, sought))
    .sort((a, b) => b.receivedAt - a.receivedAt || (a.id < b.id ? -1 : 1));
}

/** What the inbox is made of. */
export interface InboxFacts {
  readonly events: Iterable<EventFact>;
  readonly letters: Iterable<DeadDocument>;
  /** See `ordersByCause`. */
  readonly caused: ReadonlyMap<string, readonly OrderFact[]>;
}

function endLine(event: EventFact, orders: readonly OrderFact[], labelOf: LabelOf): InboxLine {
  const { _id: id, storedAt: receivedAt, outcome, resolvedAt, recordedAt } = event;
  return {
    ...{ id, receivedAt, kind: 'end', from: event.source },
    what: `${labelOf(event)} ${outcomeWords(outcome)}`,
    caused: causedWords(event, orders, labelOf),
    isFinished: resolvedAt !== undefined && recordedAt !== undefined,
  };
}

function causedWords(event: EventFact, orders: readonly OrderFact[], labelOf: LabelOf): string {
  if (orders.length > 0) return `called for ${orders.map(labelOf).join(', ')}`;
  if (event.resolvedAt === undefined) return 'not looked at yet';
  const [skip] = event.skips ?? [];
  return skip === undefined ? 'nothing follows it' : skipWords(skip, labelOf).replace(/^(and|but) /, '');
}

function letterLine({ _id: id, storedAt: receivedAt, reason, replayedAt, dismissedAt }: DeadDocument): InboxLine {
  const isSettled = replayedAt !== undefined || dismissedAt !== undefined;
  return {
    ...{ id, receivedAt, kind: 'letter', from: 'webhook' },
    what: `Not understood: ${reason.message}`,
    caused: isSettled ? (replayedAt === undefined ? 'dismissed' : 'replayed') : 'nothing: a person has to look',
    isFinished: isSettled,
  };
}

function passes({ id, kind, isFinished }: InboxLine, filter: InboxFilter, caused: InboxFacts['caused']): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'letters':
      return kind === 'letter';
    case 'nothing-followed':
      return kind === 'end' && !caused.has(id);
    case 'not-finished':
      return !isFinished;
    default:
      return filter satisfies never;
  }
}

const isAbout = ({ id, what, caused }: InboxLine, sought: string): boolean =>
  [id, what, caused].some((each) => each.toLowerCase().includes(sought));
