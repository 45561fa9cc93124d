/*
 * A composite link waits for several apps, its upstreams. When enough of them have ended, it fires: it calls for one
 * order, that is, one reload that Cascade owes. An end that counts and waits for the others is a half.
 *
 * This file applies one event (a reload that ended) to what the link remembers, and makes the orders. The resolver, the
 * action that decides what follows an end, calls it and stores the result.
 */

import type { Descent, Lineage } from '../lineage.ts';
import type { CompositeLink, Link } from '../link.ts';
import { type AppRef, appKey, appOfKey, type OrderId } from '../names.ts';
import { causeOf, orderId, type ReloadOrder } from '../order.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import type { Skip } from '../skip.ts';
import { addMs, type EpochMs } from '../units.ts';
import { type Applied, applyEnd, type JoinMemory, joinWait } from './apply-end.ts';
import { type Closing, endId, type Firing, type JoinEnd } from './fold-ends.ts';

/**
 * An upstream's end with its place in its run. A run begins with an event that no order caused, or with an order by
 * hand: its root. All that follows from the root belongs to the run. `hops` counts the orders from the root to here.
 */
export interface RememberedEnd extends JoinEnd, Descent, Pick<Lineage, 'areHopsUnsure'> {}

/** An order that a composite link called for. It is complete: whoever finds it can create its document. */
export interface JoinedOrder extends ReloadOrder {
  readonly lineage: Lineage;
  readonly traceId: string;
}

/** What a composite link remembers: the ends of its upstreams, and the orders that may not be stored yet. */
export interface JoinState extends JoinMemory<RememberedEnd> {
  /** Orders for which the link called. Each stays here until it is stored. */
  readonly open: readonly JoinedOrder[];
}

/** An upstream's end, and one composite link that waits for it. */
export interface JoinedEvent {
  readonly event: ReloadFinished;
  readonly link: CompositeLink;
  /** Where the event stands in its run. */
  readonly descent: Descent & Pick<Lineage, 'areHopsUnsure'>;
  readonly traceId: string;
  /** The most hops an order may have. If an order would have more, the link does not call for it. */
  readonly maxHops: number;
  /** The hash of the definition (the compiled chains) that has the link. */
  readonly definition?: string | undefined;
}

/** What one event does to a composite link. */
export interface JoinStep {
  /** The link's new state. Absent if nothing changes. */
  readonly state?: JoinState;
  /** Why the event calls for no order, or why one of its firings gives none. Absent if all firings give orders. */
  readonly skip?: Skip;
  /**
   * Only if an order would have too many hops: the root of its run. If the firing's ends come from several runs, it is
   * the run of the end with the most hops.
   */
  readonly tooFar?: string;
}

/**
 * Applies an event to a composite link. `applyEnd` decides which firings follow from it. A firing gives one order,
 * unless the order would have too many hops.
 *
 * Events may come in any order and twice. If the same event comes again, the state does not change. A paused link only
 * remembers the event.
 */
export function joinEvent(state: JoinState, joined: JoinedEvent): JoinStep {
  const { event, link, descent, maxHops } = joined;
  const { appId, tenant, reloadId, endedAt, outcome } = event;
  const end: RememberedEnd = { app: appKey({ tenant, appId }), reloadId, endedAt, outcome, ...descent };
  const applied = applyEnd(state, end, link.join, link.paused);
  // The plan has the skip `paused` for it.
  if (link.paused) return applied.memory === undefined ? {} : { state: { ...state, ...applied.memory } };
  const skip = skipOf(applied, applied.memory ?? state, joined);
  // What to report instead of an order that would have too many hops; undefined if the firing may give its order.
  const tooFar = ({ closing, halves }: Firing<RememberedEnd>): Pick<JoinStep, 'skip' | 'tooFar'> | undefined => {
    const farthest = halves.reduce((far, half) => (half.hops >= far.hops ? half : far), closing);
    const hops = 1 + farthest.hops;
    if (hops <= maxHops) return undefined;
    return { skip: { ...linkOf(joined), reason: 'too-many-hops', hops }, tooFar: farthest.root };
  };
  if (applied.memory === undefined) {
    // The link knows this end already. The activation that applied it may have died before it raised the alert that the
    // run was stopped. So we report the stopped run again.
    const before = firingOf(applied, state);
    return (before && tooFar(before)) ?? (skip === undefined ? {} : { skip });
  }
  const allowed = applied.firings.filter((firing) => tooFar(firing) === undefined);
  const refused = applied.firings.find((firing) => tooFar(firing) !== undefined);
  const open = [...state.open, ...allowed.map((firing) => orderOf(firing, joined))];
  const next = { ...state, ...applied.memory, open };
  return { state: next, ...((refused && tooFar(refused)) ?? (skip !== undefined && { skip })) };
}

/** Finds the firing that used an end which the link knew already: the remembered ends that were used with it. */
function firingOf(
  { usedBy }: Applied<RememberedEnd>,
  { baseHalves, log }: JoinState,
): Firing<RememberedEnd> | undefined {
  if (usedBy === undefined) return undefined;
  const halves = [...baseHalves, ...log].filter(
    (each) => each.usedBy !== undefined && endId(each.usedBy) === endId(usedBy),
  );
  const closing = halves.find((each) => endId(each) === endId(usedBy));
  return closing && { closing, halves };
}

/**
 * The order for which a firing calls. The cause is the end that completed the firing, and `others` are the other ends.
 */
function orderOf({ closing, halves }: Firing<RememberedEnd>, { link, traceId, definition }: JoinedEvent): JoinedOrder {
  const { target, clause, body, policy, chain } = link;
  const decided = definition !== undefined && { definition };
  const cause = causeOfEnd(closing, target);
  const others = halves.filter((half) => half !== closing).map((half) => causeOfEnd(half, target));
  const lineage: Lineage = {
    cause,
    ...(others.length > 0 && { others }),
    // The half with the most hops decides. So MAX_HOPS also stops a run that leads back to itself through another half.
    hops: 1 + Math.max(...halves.map(({ hops }) => hops)),
    root: closing.root,
    ...(halves.some(({ areHopsUnsure }) => areHopsUnsure === true) && { areHopsUnsure: true }),
  };
  return {
    order: orderId(target, clause, cause),
    ...target,
    body,
    ...(policy && { policy }),
    chain,
    ...decided,
    lineage,
    traceId,
  };
}

const causeOfEnd = ({ app, reloadId }: Closing, target: AppRef): string =>
  causeOf({ tenant: appOfKey(app).tenant, reloadId }, target);

const linkOf = ({ event: { tenant, appId, reloadId }, link: { chain, target } }: JoinedEvent) => ({
  ...{ tenant, appId, reloadId, chain, target },
});

/** Why an event calls for no order now; undefined if it calls for one. */
function skipOf(
  { memory, firings, fate, usedBy }: Applied<RememberedEnd>,
  state: JoinMemory<RememberedEnd>,
  joined: JoinedEvent,
): Skip | undefined {
  const { event, link } = joined;
  const of = linkOf(joined);
  switch (fate) {
    case 'used':
      if (memory !== undefined && firings.length > 0) return undefined;
      return { ...of, reason: 'already-ordered', order: orderClosedBy(usedBy, link) };
    case 'waits': {
      const { missing, closesAt } = joinWait(state, link.join);
      const until: EpochMs = closesAt ?? addMs(event.endedAt, link.join.within);
      return { ...of, reason: 'waits-for', missing: missing.map(appOfKey), closesAt: until };
    }
    case 'not-matched':
      return { ...of, reason: 'outcome-not-matched', on: link.on, outcome: event.outcome };
    case 'superseded':
    case 'withdrawn':
    case 'expired':
    case 'covered':
    case 'too-late':
      return { ...of, reason: fate };
    default:
      return fate satisfies never;
  }
}

const orderClosedBy = (closing: Closing | undefined, { target, clause }: Link): OrderId =>
  orderId(target, clause, closing === undefined ? '' : causeOfEnd(closing, target));
