/*
 * The view Inbox lists what Cascade heard: ends of reloads, and bodies that nobody understood (dead letters). A person
 * looks there to see why something did or did not follow. This file makes the lines of that list. An event is an end as
 * the ledger (Cascade's memory) stores it. An order is a reload that Cascade owes because of an end.
 */

import type { EventFact, LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { causeIds } from '../../src/core/runs/order-causes.ts';
import { outcomeWords, skipWords } from '../../src/core/runs/skip-words.ts';
import type { WaitNow, WaitSkip } from '../../src/core/runs/wait-now.ts';
import { linkWords } from '../../src/core/runs/wait-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { DeadDocument } from '../../src/ledger/documents/dead.ts';
import { hasWords } from './has-words.ts';

/** Which lines the inbox shows: all, dead letters, ends that nothing followed, or what is not finished. */
export const INBOX_FILTERS = ['all', 'letters', 'nothing-followed', 'not-finished'] as const;
export type InboxFilter = (typeof INBOX_FILTERS)[number];

/** One line of the inbox. */
export interface InboxLine {
  readonly id: string;
  readonly receivedAt: EpochMs;
  readonly kind: 'end' | 'letter';
  /** `Sales extract succeeded`, or the reason why nobody understood the letter. */
  readonly what: string;
  /** How Cascade heard of it: `webhook`, `sweep` or `replay`. */
  readonly from: string;
  /** What it caused, or why it caused nothing. */
  readonly caused: string;
  /**
   * For an end: whether Cascade has looked up what follows, and counted it. For a letter: whether a person has dealt
   * with it.
   */
  readonly isFinished: boolean;
}

/**
 * How Cascade heard of an end, as a part of a sentence. The sweep runs every 5 minutes, and finds ends of which no
 * webhook came. A person makes a replay with the command `cascade replay`.
 */
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
 * Makes the lines of the inbox, the one that was received last first.
 *
 * @param text - only lines that have all words of this text in `id`, `what` and `caused`: see `hasWords`.
 */
export function inboxLines(
  { events, letters, caused, waitOf }: InboxFacts,
  { filter, text }: { readonly filter: InboxFilter; readonly text: string },
  labelOf: LabelOf,
): readonly InboxLine[] {
  const ends = [...events].map((event) => endLine(event, caused.get(event._id) ?? [], waitOf, labelOf));
  return [...ends, ...[...letters].map(letterLine)]
    .filter((line) => passes(line, filter, caused) && isAbout(line, text))
    .sort((a, b) => b.receivedAt - a.receivedAt || (a.id < b.id ? -1 : 1));
}

/** The facts from which the lines are made. */
export interface InboxFacts {
  readonly events: Iterable<EventFact>;
  readonly letters: Iterable<DeadDocument>;
  /** See `ordersByCause`. */
  readonly caused: ReadonlyMap<string, readonly OrderFact[]>;
  /** What has become of an end that waited for other apps; undefined if nobody knows. */
  readonly waitOf: WaitOf;
}

type WaitOf = (skip: WaitSkip) => WaitNow | undefined;

function endLine(event: EventFact, orders: readonly OrderFact[], waitOf: WaitOf, labelOf: LabelOf): InboxLine {
  const { _id: id, storedAt: receivedAt, outcome, resolvedAt, recordedAt } = event;
  return {
    ...{ id, receivedAt, kind: 'end', from: event.source },
    what: `${labelOf(event)} ${outcomeWords(outcome)}`,
    caused: causedWords(event, orders, waitOf, labelOf),
    isFinished: resolvedAt !== undefined && recordedAt !== undefined,
  };
}

function causedWords(event: EventFact, orders: readonly OrderFact[], waitOf: WaitOf, labelOf: LabelOf): string {
  if (orders.length > 0) return `called for ${orders.map(labelOf).join(', ')}`;
  if (event.resolvedAt === undefined) return 'not looked at yet';
  const [skip] = event.skips ?? [];
  if (skip?.reason === 'waits-for') return linkWords(skip, waitOf, labelOf);
  // `skipWords` gives the rest of a sentence, such as "but chain sales was paused".
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

const isAbout = ({ id, what, caused }: InboxLine, text: string): boolean => hasWords([id, what, caused], text);
