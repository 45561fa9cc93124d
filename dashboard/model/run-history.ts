/*
 * A person wants to know what happened in a run, one thing after another: what Qlik did, what Cascade did, and what
 * people did. A run is a first reload, and all reloads that follow from it. This file makes that list. An event is a
 * reload that ended. An order is a reload that Cascade owes because of an event. A ticket is opened when an app fails.
 * An act is one thing that a person did to a ticket or an order.
 */

import type { AppRef } from '../../src/core/names.ts';
import { endWords } from '../../src/core/runs/end-words.ts';
import type { EventFact, LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { ownersOf, type Run } from '../../src/core/runs/group-runs.ts';
import { causeFinder, isByHand, isReplay } from '../../src/core/runs/order-causes.ts';
import { isTooLong } from '../../src/core/runs/order-words.ts';
import { notReloadedWords } from '../../src/core/runs/skip-words.ts';
import type { Act } from '../../src/core/tickets/act.ts';
import { actIdParts } from '../../src/core/tickets/act-id.ts';
import { actWords } from '../../src/core/tickets/act-words.ts';
import type { Ticket } from '../../src/core/tickets/ticket.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { byCause, type CausalPlace, causalPlace } from './causal-order.ts';
import { sourceWords } from './inbox.ts';
import { type MarkState, nodeState } from './mark.ts';

/** One thing that happened, as a line of the list. */
export interface HistoryEntry {
  readonly id: string;
  /**
   * When it happened: by Qlik's clock if Qlik did it, by the clock of a person's device for most acts, otherwise mostly
   * by CouchDB's clock.
   */
  readonly at: EpochMs;
  readonly what: string;
  /** How it ended; present if a reload ended, or if Cascade gave it up. */
  readonly state?: MarkState;
  /** Qlik's error, or why Cascade gave up. */
  readonly error?: string;
  /** Why links of the chains set nothing off. */
  readonly notes?: readonly string[];
  /** The id of the ticket that it is about. */
  readonly ticket?: string;
  /** The id of the event, if Cascade heard of it at this time. */
  readonly event?: string;
}

/** The tickets and acts on the device, of this run and of others. */
export interface DeskFacts {
  readonly tickets: Iterable<Ticket>;
  readonly acts: Iterable<Act>;
}

/** Lists what happened in a run, the earliest first. */
export function historyOf(run: Run, { tickets, acts }: DeskFacts, labelOf: LabelOf): readonly HistoryEntry[] {
  const ownerOf = ownersOf(run.orders);
  const own = [...tickets].filter((ticket) => run.events.some((event) => isAbout(ticket, event, ownerOf(event))));
  const about = new Map<string, AppRef>([...run.orders, ...own].map((subject) => [subject._id, subject]));
  const entries = [
    ...run.events.flatMap((event) => eventEntries(event, ownerOf(event), labelOf)),
    ...run.orders.flatMap((order) => orderEntries(order, run, labelOf)),
    ...own.map((ticket) => ticketEntry(ticket, labelOf)),
    ...[...acts].flatMap((act) => actEntry(act, about, labelOf) ?? []),
  ];
  return entries.sort(inTime).map(({ place: _, kind: __, ...entry }) => entry);
}

/**
 * The kinds of entries. Qlik's times are full seconds, so the entries of one reload in the same second are in this
 * order. `recorded`: the end was counted for its app, or Cascade gave up. `called-off`: also that Cascade asked Qlik to
 * cancel.
 */
const KINDS = [
  'ordered',
  'asked',
  'began',
  'called-off',
  'ended',
  'heard',
  'ticket',
  'resolved',
  'recorded',
  'act',
] as const;
type Kind = (typeof KINDS)[number];

/** An entry, with what decides about its place among the entries of the same second. */
type Placed = HistoryEntry & { readonly place: CausalPlace; readonly kind: Kind };

/** In the order of time. Within a second, causes come before what they caused. */
const inTime = (a: Placed, b: Placed): number =>
  secondOf(a.at) - secondOf(b.at) ||
  byCause(a.place, b.place) ||
  KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
  a.at - b.at ||
  (a.id < b.id ? -1 : 1);

const secondOf = (at: EpochMs): number => Math.floor(at / 1_000);

interface NewEntry extends Omit<HistoryEntry, 'id' | 'at'> {
  /** Undefined if it did not happen. */
  readonly at: EpochMs | undefined;
}

type EntriesOf = (kind: Kind, entry: NewEntry) => readonly Placed[];

/**
 * Makes a function for the entries about one reload. That function gives no entry if `at` is undefined.
 *
 * @param id - of the reload's event or order.
 */
const placer =
  (id: string, place: CausalPlace): EntriesOf =>
  (kind, { at, ...rest }) =>
    at === undefined ? [] : [{ ...rest, at, id: `${kind} ${id}`, place, kind }];

function eventEntries(event: EventFact, order: OrderFact | undefined, labelOf: LabelOf): readonly Placed[] {
  const { _id, createdAt, startedAt, endedAt, storedAt, resolvedAt, recordedAt, error, skips = [] } = event;
  const label = labelOf(event);
  const ended = `${label} ${endWords(event, order)}`;
  const entries = placer(_id, causalPlace(order, event.reloadId));
  // If so, the order has this entry.
  const isAskedByUs = order?.reloadId === event.reloadId && order.postedAt !== undefined;
  return [
    ...entries('asked', {
      at: isAskedByUs ? undefined : createdAt,
      what: `Qlik put a reload of ${label} into its queue`,
    }),
    ...entries('began', { at: startedAt, what: `${label} began to run` }),
    ...entries('ended', {
      ...{ at: endedAt, what: ended, state: nodeState({ event, ...(order && { order }) }) },
      ...(error !== undefined && { error: error.message }),
    }),
    ...entries('heard', {
      ...{ at: storedAt, what: `Cascade heard from ${sourceWords(event)} that ${ended}`, event: _id },
    }),
    ...entries('resolved', {
      ...{ at: resolvedAt, what: `Cascade looked up what follows ${label}` },
      notes: skips.map(
        (skip) => `${'target' in skip ? `${labelOf(skip.target)}: ` : ''}${notReloadedWords(skip, labelOf)}`,
      ),
    }),
    ...entries('recorded', { at: recordedAt, what: `Cascade counted the end for ${label}` }),
  ];
}

function orderEntries(order: OrderFact, run: Run, labelOf: LabelOf): readonly Placed[] {
  const { _id, createdAt, postedAt, gaveUpAt, calledOffAt, endedAt, reason, reloadId, tenant } = order;
  const label = labelOf(order);
  const isEndKnown = run.events.some((event) => event.tenant === tenant && event.reloadId === reloadId);
  const last = causalPlace(order, undefined);
  const entries = placer(_id, last);
  return [
    // Cascade orders before the first attempt.
    ...placer(_id, { ...last, attempt: 0 })('ordered', {
      at: createdAt,
      what: `Cascade ordered a reload of ${label}${why(order, run, labelOf)}`,
    }),
    ...entries('asked', {
      at: postedAt,
      what: `Cascade started the reload of ${label} in Qlik${last.attempt === 1 ? '' : `: attempt ${last.attempt}`}`,
    }),
    ...Object.entries(order.cancelRequestedAt ?? {}).flatMap(([reload, at]) =>
      placer(`${_id} ${reload}`, causalPlace(order, reload))('called-off', {
        ...{ at, what: `Cascade asked Qlik to cancel the reload of ${label}, because it ran too long` },
      }),
    ),
    ...entries('ended', {
      at: order.state === 'ended' && !isEndKnown ? endedAt : undefined,
      what: `The reload of ${label} ended; the ledger no longer has its end`,
      state: nodeState({ order }),
    }),
    ...entries('recorded', {
      ...{ at: gaveUpAt, what: `Cascade gave up the reload of ${label}`, state: 'failed' },
      ...(reason !== undefined && { error: reason.message }),
    }),
    ...entries('called-off', { at: calledOffAt, what: `A person called off the reload of ${label}` }),
  ];
}

/** Why Cascade ordered a reload, as the rest of a sentence; empty if the device does not have the cause. */
function why(order: OrderFact, { events }: Run, labelOf: LabelOf): string {
  if (isByHand(order)) return ', because a person asked for it';
  const causes = order.causes.flatMap((cause) => causeFinder(events)({ ...order, causes: [cause] }) ?? []);
  if (causes.length === 0) return '';
  return `, because of ${causes.map(labelOf).join(', ')}${isReplay(order) ? ' (replayed)' : ''}`;
}

/**
 * Whether an end is one of the failures that a ticket is about: they lie between the ticket's first failure and the
 * app's next success.
 */
const isAbout = (ticket: Ticket, event: EventFact, order: OrderFact | undefined): boolean =>
  ticket.tenant === event.tenant &&
  ticket.appId === event.appId &&
  ticket.failedAt <= event.endedAt &&
  event.endedAt <= (ticket.recoveredAt ?? event.endedAt) &&
  (event.outcome === 'failed' || event.outcome === 'exceeded-limit' || isTooLong(event, order));

/** People and tickets come after what Cascade did in the same second. */
const LAST: CausalPlace = { hops: Number.MAX_SAFE_INTEGER, attempt: 1 };

const ticketEntry = (ticket: Ticket, labelOf: LabelOf): Placed => ({
  ...{ id: ticket._id, at: ticket.failedAt, kind: 'ticket', place: LAST, ticket: ticket._id },
  what: `Since then ${labelOf(ticket)} is failing, and has a ticket`,
});

function actEntry(act: Act, about: ReadonlyMap<string, AppRef>, labelOf: LabelOf): Placed | undefined {
  const subject = actIdParts(act._id)?.subject ?? '';
  const app = about.get(subject);
  if (app === undefined) return undefined;
  const isTicket = subject.startsWith('ticket:');
  return {
    ...{ id: act._id, at: act.at, kind: 'act', place: LAST, ...(isTicket && { ticket: subject }) },
    what: `${act.by}, about the ${isTicket ? 'ticket' : 'order'} of ${labelOf(app)}: ${actWords(act)}`,
  };
}
