/*
 * `cascade why` and the dashboard say why an app did or did not reload. For that they need a few facts about the app,
 * out of all that the ledger (Cascade's memory) knows. This file picks them out; why.ts makes sentences of them. It
 * reads nothing itself: the caller looks up what this file asks for.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes; its causes are the events that called for
 * it. The owner of an end is the order that started the reload.
 */

import { eventId, joinId } from '../document-ids.ts';
import type { JoinMemory } from '../joins/apply-end.ts';
import { type CompositeLink, isComposite, type Link } from '../link.ts';
import type { AppRef } from '../names.ts';
import { isFinal } from '../order-state.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import { earlierAttempts } from './earlier-attempts.ts';
import type { EventFact, OrderFact } from './facts.ts';
import { servedWith } from './further-causes.ts';
import type { JoinFact } from './join-words.ts';
import { causeIds } from './order-causes.ts';
import { mayBeTooLong } from './order-words.ts';
import type { Ancestor, WhyFacts } from './why.ts';

/** How the caller looks things up in what it has read of the ledger. A look-up that finds nothing returns undefined. */
export interface KnownFacts {
  /** The last end of an app. */
  lastOf(app: AppRef): ReloadFinished | undefined;
  eventOf(id: string): EventFact | undefined;
  /** The order that started the reload which ended. */
  ownerOf(end: ReloadFinished): OrderFact | undefined;
  /** What a composite link (it waits for several apps) remembers of their ends, by `joinId`. */
  memoryOf(id: string): JoinMemory | undefined;
}

/**
 * The facts without `rules`, the chains that decided. `definitionsIn` says which chains the caller must read for them.
 */
export type FactsOfApp = Omit<WhyFacts, 'rules'>;

/** How many ends are followed back at most. By default a run has at most 64 reloads in a row (MAX_HOPS). */
const MOST_ANCESTORS = 100;
/** The most causes of one order that are looked up, with those of the orders that were merged into it. */
const MOST_CAUSES = 20;

/**
 * Picks out the facts that explain an app.
 *
 * @param orders - the orders of the app, in any sequence.
 * @param links - the links that have the app as their target.
 */
export function factsOfApp(
  app: AppRef,
  orders: readonly OrderFact[],
  links: readonly Link[],
  known: KnownFacts,
): FactsOfApp {
  const last = known.lastOf(app);
  const ancestry = last === undefined ? [] : ancestryOf(last, known);
  const toExplain = ordersToExplain({ orders, ancestry });
  const causes = eventsOf(idsOfCauses(toExplain, orders), known);
  const upstreams = links.filter((link) => !isComposite(link)).map((link) => upstreamOf(link, known));
  // An order says whether Cascade canceled its reload because it ran too long. Otherwise a person canceled it.
  const canceled = [...causes, ...upstreams.flatMap((upstream) => upstream.last ?? [])].filter(mayBeTooLong);
  return {
    app,
    orders,
    ...(last !== undefined && { last }),
    ancestry,
    causes,
    attempts: eventsOf(toExplain.flatMap(idsOfAttempts), known),
    owners: canceled.flatMap((end) => known.ownerOf(end) ?? []),
    upstreams,
    joins: joinFacts(links.filter(isComposite), known),
  };
}

/** The hashes of the definitions (compiled chains of a deployment) by which Cascade decided about these facts. */
export const definitionsIn = (facts: FactsOfApp): readonly string[] =>
  [...ordersToExplain(facts), ...facts.upstreams.flatMap(({ event }) => event ?? [])].flatMap(
    ({ definition }) => definition ?? [],
  );

/**
 * The composite links, each with what it remembers. If several chains have the same link, it is returned once, and is
 * paused only if all these chains are.
 */
export function joinFacts(links: readonly CompositeLink[], known: Pick<KnownFacts, 'memoryOf'>): readonly JoinFact[] {
  // Of links with the same id, the map keeps the last: one that is not paused, if there is one.
  const pausedFirst = [...links].sort((a, b) => Number(b.paused) - Number(a.paused));
  const once = new Map(pausedFirst.map((link) => [joinId(link), link]));
  return [...once].map(([id, link]) => {
    const memory = known.memoryOf(id);
    return { link, ...(memory !== undefined && { memory }) };
  });
}

/**
 * The orders that `why` explains: those that are open, given up or called off, and the one of the app's last reload.
 */
function ordersToExplain({ orders, ancestry }: Pick<WhyFacts, 'orders' | 'ancestry'>): readonly OrderFact[] {
  const withoutEnd = orders.filter(({ state }) => !isFinal(state) || state === 'gave-up' || state === 'called-off');
  return [...withoutEnd, ...(ancestry[0]?.order === undefined ? [] : [ancestry[0].order])];
}

function upstreamOf(link: Link, known: KnownFacts): WhyFacts['upstreams'][number] {
  const last = known.lastOf(link.after);
  const event = last && known.eventOf(eventId(last.tenant, last.reloadId));
  return { link, ...(last !== undefined && { last }), ...(event !== undefined && { event }) };
}

const eventsOf = (ids: readonly string[], known: KnownFacts): readonly EventFact[] =>
  ids.flatMap((id) => known.eventOf(id) ?? []);

/** The ids of the events that called for some of an app's orders. */
function idsOfCauses(some: readonly OrderFact[], all: readonly OrderFact[]): readonly string[] {
  const hasMerged = new Set(all.flatMap(({ state, into }) => (state === 'merged' && into !== undefined ? [into] : [])));
  const served = (order: OrderFact) => (hasMerged.has(order._id) ? servedWith(order, all) : [order]);
  return some.flatMap((order) => served(order).flatMap(causeIds).slice(0, MOST_CAUSES));
}

/** The ids of the events with which the earlier attempts of an order ended. */
const idsOfAttempts = (order: OrderFact): readonly string[] =>
  earlierAttempts(order, []).map(({ reloadId }) => eventId(order.tenant, reloadId));

/** The ends that led to `last`, one after another, back to the first. Each has the order whose reload it was. */
function ancestryOf(last: ReloadFinished, known: KnownFacts): readonly Ancestor[] {
  const ancestry: Ancestor[] = [];
  let event: ReloadFinished | undefined = last;
  while (event !== undefined && ancestry.length < MOST_ANCESTORS) {
    const order: OrderFact | undefined = known.ownerOf(event);
    ancestry.push({ event, ...(order !== undefined && { order }) });
    event = order && eventsOf(causeIds(order), known)[0];
  }
  return ancestry;
}
