import type { Descent, Lineage } from '../lineage.ts';
import type { CompositeLink, Link } from '../link.ts';
import { type AppRef, appKey, appOfKey, type OrderId } from '../names.ts';
import { causeOf, orderId, type ReloadOrder } from '../order.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import type { Skip } from '../skip.ts';
import { addMs, type EpochMs } from '../units.ts';
import { type Applied, applyEnd, type JoinMemory, joinWait } from './apply-end.ts';
import type { Firing, JoinEnd } from './fold-ends.ts';

/** An end with where it stands in its run. */
export interface RememberedEnd extends JoinEnd, Descent, Pick<Lineage, 'areHopsUnsure'> {}

/** An order that a composite link called for: whole, so that anybody may create it. */
export interface JoinedOrder extends ReloadOrder {
  readonly lineage: Lineage;
  readonly traceId: string;
}

/** A composite link's memory with the orders that it called for and that may not be stored yet. */
export interface JoinState extends JoinMemory<RememberedEnd> {
  readonly open: readonly JoinedOrder[];
}

/** The end of an upstream as a composite link is to be asked about it. */
export interface JoinedEvent {
  readonly event: ReloadFinished;
  readonly link: CompositeLink;
  readonly descent: Descent & Pick<Lineage, 'areHopsUnsure'>;
  readonly traceId: string;
  /** How far an order may be from the event at the root of its run. */
  readonly maxHops: number;
}

/** What an event comes to for one composite link. */
export interface JoinStep {
  /** Absent if the event changes nothing. */
  readonly state?: JoinState;
  /** Why it calls for no order now; absent if it does. */
  readonly skip?: Skip;
  /** The root of a run that has too many hops to go on: of several that meet, of the longest. */
  readonly tooFar?: string;
}

/** Applies an event to a composite link. Pure and idempotent; events may come in any order. */
export function joinEvent(state: JoinState, joined: JoinedEvent): JoinStep {
  const { event, link, descent, traceId, maxHops } = joined;
  const { appId, tenant, reloadId, endedAt, outcome } = event;
  const end: RememberedEnd = { app: appKey({ tenant, appId }), reloadId, endedAt, outcome, ...descent };
  const applied = applyEnd(state, end, link.join);
  const skip = skipOf(applied, applied.memory ?? state, joined);
  if (applied.memory === undefined) return skip === undefined ? {} : { skip };
  const called = applied.firings.map((firing) => orderOf(firing, link, traceId));
  const allowed = called.filter(({ lineage }) => lineage.hops <= maxHops);
  const refused = applied.firings.find((_, index) => (called[index]?.lineage.hops ?? 0) > maxHops);
  const next = { ...state, ...applied.memory, open: [...state.open, ...allowed] };
  if (refused === undefined) return { state: next, ...(skip !== undefined && { skip }) };
  const farthest = refused.halves.reduce((far, half) => (half.hops >= far.hops ? half : far));
  const hops = 1 + farthest.hops;
  return { state: next, skip: { ...linkOf(joined), reason: 'too-many-hops', hops }, tooFar: farthest.root };
}

function orderOf({ closing, halves }: Firing<RememberedEnd>, link: CompositeLink, traceId: string): JoinedOrder {
  const { target, clause, body, policy, chain } = link;
  const cause = causeOfEnd(closing, target);
  const others = halves.filter((half) => half !== closing).map((half) => causeOfEnd(half, target));
  const lineage: Lineage = {
    cause,
    ...(others.length > 0 && { others }),
    hops: 1 + Math.max(...halves.map(({ hops }) => hops)),
    root: closing.root,
    ...(halves.some(({ areHopsUnsure }) => areHopsUnsure === true) && { areHopsUnsure: true }),
  };
  return { order: orderId(target, clause, cause), ...target, body, ...(policy && { policy }), chain, lineage, traceId };
}

const causeOfEnd = ({ app, reloadId }: JoinEnd, target: AppRef): string =>
  causeOf({ tenant: appOfKey(app).tenant, reloadId }, target);

const linkOf = ({ event: { tenant, appId, reloadId }, link: { chain, target } }: JoinedEvent) => ({
  ...{ tenant, appId, reloadId, chain, target },
});

/** Why an event calls for no order; undefined if it completes one. */
function skipOf(
  { memory, firings, fate, firing }: Applied<RememberedEnd>,
  state: JoinMemory<RememberedEnd>,
  joined: JoinedEvent,
): Skip | undefined {
  const { event, link } = joined;
  const of = linkOf(joined);
  switch (fate) {
    case 'used':
      if (memory !== undefined && firings.length > 0) return undefined;
      return { ...of, reason: 'already-ordered', order: orderIn(firing, link) };
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

const orderIn = (firing: Firing<RememberedEnd> | undefined, { target, clause }: Link): OrderId =>
  orderId(target, clause, firing === undefined ? '' : causeOfEnd(firing.closing, target));
