/*
 * Says what would follow if a reload of an app ended now. The dashboard shows, for an app, what a failure would do.
 * Tickets and messages ask for a part of that: which apps wait behind an app that has failed.
 */

import { appsBehind } from '../chains/apps-behind.ts';
import type { CompiledChains, CompositeLink } from '../link.ts';
import { type AppKey, type AppRef, appKey, type ChainName, type ReloadId } from '../names.ts';
import { isMatch, planOrders } from '../plan-orders.ts';
import type { Outcome } from '../reload-finished.ts';
import type { EpochMs } from '../units.ts';

/** What would follow if a reload of an app ended now. */
export interface IfItEnded {
  /** The reloads for which this end would be enough. */
  readonly starts: readonly { readonly app: AppRef; readonly chain: ChainName }[];
  /** The links for which this end would count, among those that wait for several apps. */
  readonly countsFor: readonly CompositeLink[];
  /** The links for which it would not count, among those that wait for several apps: they wait for another outcome. */
  readonly waitOn: readonly CompositeLink[];
  /**
   * The apps that wait for a success of the app, directly or by way of others, and that this end would neither reload
   * nor help to reload. At most 200.
   */
  readonly stops: readonly AppKey[];
}

/**
 * Says what would follow if a reload of an app ended now with this outcome. It asks `planOrders`, which also decides
 * about real ends.
 */
export function ifItEnded(app: AppRef, outcome: Outcome, { links }: Pick<CompiledChains, 'links'>): IfItEnded {
  const { tenant, appId } = app;
  const end = { tenant, appId, reloadId: 'if' as ReloadId, outcome, endedAt: 0 as EpochMs, partial: false };
  const { orders, joined } = planOrders([end], links);
  const composites = joined.map(({ link }) => link);
  const countsFor = composites.filter(({ on }) => isMatch(on, outcome));
  const starts = orders.map((order) => ({ app: { tenant: order.tenant, appId: order.appId }, chain: order.chain }));
  const reloaded = [...starts.map((start) => start.app), ...countsFor.map(({ target }) => target)];
  const goesOn = new Set(reloaded.flatMap((each) => [appKey(each), ...appsBehind(each, links)]));
  return {
    starts,
    countsFor,
    waitOn: composites.filter((link) => !countsFor.includes(link)),
    stops: appsBehind(app, links).filter((key) => !goesOn.has(key)),
  };
}

/**
 * The apps that wait behind an app that has failed, the nearest first, at most 200: its success would reload them,
 * directly or by way of others, and its failure does not. If the failure sets off other links, the apps that these lead
 * to do not wait.
 */
export const appsBehindFailure = (app: AppRef, links: CompiledChains['links']): readonly AppKey[] =>
  ifItEnded(app, 'failed', { links }).stops;
