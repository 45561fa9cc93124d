/*
 * A link can wait for several apps. If one of these apps ends before the others, the resolver (the action that decides
 * what follows an end) notes with the end that it waits: a skip `waits-for`. That note soon is out of date. So when
 * `cascade runs` shows the end later, this file says what has become of it since.
 *
 * The link fires when enough apps have ended: it calls for one order, a reload that Cascade owes. The ends that still
 * count and wait are the link's halves.
 */

import { type JoinMemory, joinWait } from '../joins/apply-end.ts';
import { type Closing, endId, foldEnds, type JoinEnd } from '../joins/fold-ends.ts';
import type { JoinRule } from '../link.ts';
import { type AppKey, type AppRef, appKey, appOfKey, type OrderId } from '../names.ts';
import { causeOf, orderId } from '../order.ts';
import type { ReloadFinished } from '../reload-finished.ts';
import type { Skip } from '../skip.ts';
import { addMs, type EpochMs } from '../units.ts';

/** The skip of an end that had to wait for the ends of other apps when the resolver decided about it. */
export type WaitSkip = Extract<Skip, { readonly reason: 'waits-for' }>;

/**
 * What a link that waits for several apps remembers. Its document in the ledger (Cascade's memory) has these fields.
 */
export interface RememberedJoin extends AppRef, JoinMemory {
  readonly chain: string;
  readonly clause: string;
  readonly rule: JoinRule;
}

/** What has become of an end that waited. */
export type WaitNow =
  /** The other apps ended, and the link called for this order. */
  | { readonly kind: 'ordered'; readonly order: OrderId }
  /**
   * The end still waits. `halves`: the ends that count, oldest first. `needed`: how many of the `missing` apps must
   * still end, by `closesAt`.
   */
  | {
      readonly kind: 'waits';
      readonly halves: readonly JoinEnd[];
      readonly missing: readonly AppRef[];
      readonly needed: number;
      readonly closesAt: EpochMs;
    }
  /** The other apps did not end by `until`. */
  | { readonly kind: 'in-vain'; readonly until: EpochMs }
  /** The end no longer counts, because of a later end. */
  | { readonly kind: 'superseded' | 'withdrawn' | 'expired' };

/**
 * Says what has become of an end that waited for other apps.
 *
 * @param joins - what the ledger has of links that wait for several apps and reload the skip's target.
 * @returns undefined if the link remembers the end no more.
 */
export function waitNow(skip: WaitSkip, joins: readonly RememberedJoin[], now: EpochMs): WaitNow | undefined {
  const id = endId({ app: appKey(skip), reloadId: skip.reloadId });
  const isIt = (end: JoinEnd): boolean => endId(end) === id;
  for (const join of joinsOf(skip, joins)) {
    const { rule, baseHalves, log } = join;
    const end = [...baseHalves, ...log].find(isIt);
    if (end === undefined) continue;
    const order = orderCalledForWith(end, join);
    if (order !== undefined) return { kind: 'ordered', order };
    const { fates } = foldEnds(baseHalves, log, rule);
    const counting = joinWait(join, rule).halves.filter(({ endedAt }) => addMs(endedAt, rule.within) >= now);
    const apps = Object.keys(rule.of) as AppKey[];
    const missing = apps.filter((app) => counting.every((half) => half.app !== app)).map(appOfKey);
    const [oldest] = counting;
    if (oldest !== undefined && counting.some(isIt)) {
      const closesAt = addMs(oldest.endedAt, rule.within);
      return { kind: 'waits', halves: counting, missing, needed: rule.atLeast - counting.length, closesAt };
    }
    if (fates.get(id) === 'waits') return { kind: 'in-vain', until: addMs(end.endedAt, rule.within) };
    const fate = fates.get(id);
    if (fate === 'superseded' || fate === 'withdrawn' || fate === 'expired') return { kind: fate };
  }
  return undefined;
}

/**
 * What the skip's link may remember: what links of its chain do. If these have no document, the same link is in another
 * chain, too. The two have one document, and it names the other chain.
 */
function joinsOf({ chain, target, missing }: WaitSkip, joins: readonly RememberedJoin[]): readonly RememberedJoin[] {
  const ofTarget = joins.filter((join) => appKey(join) === appKey(target));
  const ofChain = ofTarget.filter((join) => join.chain === chain);
  const waitsForThem = ({ rule }: RememberedJoin): boolean =>
    missing.every((app) => rule.of[appKey(app)] !== undefined);
  return ofChain.length > 0 ? ofChain : ofTarget.filter(waitsForThem);
}

/**
 * Finds the orders that links called for with an end. It asks the links and not the skips of the end, because an end
 * may have no skip: if the last ends of a link come together, none of them had to wait.
 *
 * @param joins - what links remember. Links that remember the end no more, or never had it, add nothing.
 */
export function ordersWith(
  event: AppRef & Pick<ReloadFinished, 'reloadId'>,
  joins: readonly RememberedJoin[],
): readonly OrderId[] {
  const app = appKey(event);
  return joins.flatMap((join) => {
    const end = [...join.baseHalves, ...join.log].find((each) => each.app === app && each.reloadId === event.reloadId);
    return (end && orderCalledForWith(end, join)) ?? [];
  });
}

/** The order that the link called for with this end; undefined if the link has not fired with it. */
function orderCalledForWith(end: JoinEnd, join: RememberedJoin): OrderId | undefined {
  const { tenant, appId, clause, rule, baseHalves, log } = join;
  const isIt = (each: JoinEnd): boolean => endId(each) === endId(end);
  const usedBy = (): Closing | undefined =>
    foldEnds(baseHalves, log, rule).firings.find(({ halves }) => halves.some(isIt))?.closing;
  const closing = end.usedBy ?? usedBy();
  if (closing === undefined) return undefined;
  const cause = causeOf({ tenant: appOfKey(closing.app).tenant, reloadId: closing.reloadId }, { tenant, appId });
  return orderId({ tenant, appId }, clause, cause);
}
