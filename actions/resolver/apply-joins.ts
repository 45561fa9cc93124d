/*
 * The resolver decides which reloads follow the reloads that ended (events). A composite link waits for several apps,
 * and calls for one order (a reload that Cascade owes) once enough of them have ended. So the link must remember which
 * apps have ended: its document `join:…` in the ledger does. This file writes events into these documents, and says
 * which orders follow.
 *
 * A run is everything that followed from one end, or from one reload by hand. The hops of an order count the orders
 * since the run began.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { joinId } from '../../src/core/document-ids.ts';
import { type JoinedEvent, type JoinedOrder, type JoinState, joinEvent } from '../../src/core/joins/join-event.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { Skip } from '../../src/core/skip.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { type Change, changeDocument } from '../../src/ledger/change-document.ts';
import { joinFields, NEW_JOIN, readJoin } from '../../src/ledger/documents/join.ts';
import type { Log } from '../../src/platform/log.ts';

/** What `applyJoins` needs from the world. */
export interface JoinPorts {
  readonly store: Pick<CouchPort, 'get' | 'many' | 'put'>;
  readonly times: TimeConstants;
  /** The store's clock. */
  readonly storeNow: () => EpochMs;
  readonly log: Pick<Log, 'error'>;
}

/** What follows from one event, by all composite links that wait for the event's app. */
export interface JoinAnswer {
  /** The orders to create. */
  readonly orders: readonly JoinedOrder[];
  /** Why the event calls for no order at a link, or for fewer: at most one reason for each link. */
  readonly skips: readonly Skip[];
  /**
   * The runs that were stopped because an order would have had too many hops, each by the id of the document with which
   * it began. The caller raises an alert about each.
   */
  readonly tooFar: readonly string[];
  /**
   * True if a link's document is malformed or refused, or if others write it all the time. The event must stay due, so
   * that the sweep applies it later.
   */
  readonly isUndecided: boolean;
}

/**
 * What follows from the events of one link. Undefined if the link's document is malformed or refused, or if others
 * write it all the time.
 */
type LinkAnswer =
  | {
      /** The link's orders that may not be stored yet. Some may be from earlier events. */
      readonly open: readonly JoinedOrder[];
      /** One for each event. */
      readonly steps: readonly LinkStep[];
    }
  | undefined;
/** Why one event calls for no order at one link, or for fewer; and the root of the run that was stopped. */
interface LinkStep {
  readonly skip?: Skip;
  readonly tooFar?: string;
}

/**
 * Applies events to the composite links that wait for their apps.
 *
 * Each link's document gets all its events at once, and is written if it has changed. If another activation wrote the
 * document first, this reads it again, and applies the events again. An event that is already in the document changes
 * nothing.
 *
 * @param joined - each event with each link that it concerns; sorted by the events' ends.
 * @param documentOf - a link's document as the caller read it, which saves the first read.
 * @returns the answer to each event.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function applyJoins(
  joined: readonly JoinedEvent[],
  documentOf: (id: string) => StoredDocument | undefined,
  ports: JoinPorts,
): Promise<ReadonlyMap<ReloadFinished, JoinAnswer>> {
  const byLink = new Map<string, JoinedEvent[]>();
  for (const each of joined) {
    const id = joinId(each.link);
    byLink.set(id, [...(byLink.get(id) ?? []), each]);
  }
  const links = [...byLink];
  const answers = await whenAllSettled(links.map(([id, events]) => applyToLink(id, events, documentOf(id), ports)));
  const byEvent = new Map<ReloadFinished, JoinAnswer>();
  for (const [index, [, events]] of links.entries()) {
    for (const [event, answer] of answersOf(events, answers[index])) {
      byEvent.set(event, both(byEvent.get(event), answer));
    }
  }
  return byEvent;
}

const NOTHING: JoinAnswer = { orders: [], skips: [], tooFar: [], isUndecided: false };

/** Adds up what follows from one event by two links. */
const both = (a: JoinAnswer = NOTHING, b: JoinAnswer): JoinAnswer => ({
  orders: [...a.orders, ...b.orders],
  skips: [...a.skips, ...b.skips],
  tooFar: [...a.tooFar, ...b.tooFar],
  isUndecided: a.isUndecided || b.isUndecided,
});

/**
 * Gives each event its part of one link's answer. All open orders go to the last event: each order must be created
 * once, and it does not matter with which event.
 */
function answersOf(
  events: readonly JoinedEvent[],
  answer: LinkAnswer,
): readonly (readonly [ReloadFinished, JoinAnswer])[] {
  if (answer === undefined) return events.map(({ event }) => [event, { ...NOTHING, isUndecided: true }]);
  return events.map(({ event }, index) => {
    const { skip, tooFar } = answer.steps[index] ?? {};
    return [
      event,
      {
        orders: index === events.length - 1 ? answer.open : [],
        skips: skip === undefined ? [] : [skip],
        tooFar: tooFar === undefined ? [] : [tooFar],
        isUndecided: false,
      },
    ];
  });
}

/**
 * Applies a link's events to the link's document. If this document is malformed or refused, only these events stay due.
 */
async function applyToLink(
  id: string,
  events: readonly JoinedEvent[],
  read: StoredDocument | undefined,
  ports: JoinPorts,
): Promise<LinkAnswer> {
  try {
    // The caller has read the documents of all links. If it found none, the link is new.
    const answer = await changeDocument(id, ports.store, (found) => applyAll(found, events, ports), read ?? 'absent');
    if (answer === undefined) ports.log.error(`Others write ${id} all the time: the events stay due`);
    return answer;
  } catch (error) {
    if (!isOfDocument(error)) throw error;
    ports.log.error(`The events stay due: ${error.message}`, { code: error.code });
    return undefined;
  }
}

/** Whether the error is about one document, and not about the whole store. */
const isOfDocument = (error: unknown): error is CascadeError =>
  error instanceof CascadeError && (error.code === 'LEDGER_MALFORMED' || error.code === 'DOCUMENT_REFUSED');

/**
 * Decides the new content of a link's document. Each order that the link calls for is written into `open`, before
 * anybody creates the order. So if an activation dies in between, the sweep, which runs every 5 minutes, creates the
 * order.
 */
async function applyAll(
  found: StoredDocument | undefined,
  events: readonly JoinedEvent[],
  ports: JoinPorts,
): Promise<Change<NonNullable<LinkAnswer>>> {
  const { times, storeNow } = ports;
  const known = found === undefined ? undefined : readJoin(found);
  const before: JoinState = known === undefined ? NEW_JOIN : { ...known, open: await stillOpen(known.open, ports) };
  let state = before;
  const steps = events.map((event): LinkStep => {
    const step = joinEvent(state, event);
    state = step.state ?? state;
    return step;
  });
  const result = { open: state.open, steps };
  const link = events.at(-1)?.link;
  if (state === before || link === undefined) return { result };
  return { result, write: joinFields(link, state, { now: storeNow(), times, dueAt: known?.dueAt }) };
}

/**
 * Up to this many open orders are not checked for being stored. Usually the sweep has emptied `open` before there are
 * more, and the check costs a read.
 */
const MOST_OPEN = 16;

/**
 * The open orders; if there are more than 16, only those that really are not stored. Usually the sweep takes stored
 * orders out of `open`. If no sweep runs, this does it: otherwise the document would grow for ever.
 */
async function stillOpen(open: readonly JoinedOrder[], { store }: JoinPorts): Promise<readonly JoinedOrder[]> {
  if (open.length <= MOST_OPEN) return open;
  const stored = await store.many(open.map(({ order }) => order));
  return open.filter((_, index) => stored[index] === undefined);
}
