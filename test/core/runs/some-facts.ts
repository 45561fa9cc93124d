import type { AppId, ChainName, OrderId, ReloadId, TenantName } from '../../../src/core/names.ts';
import type { EventFact, OrderFact } from '../../../src/core/runs/facts.ts';
import type { EpochMs } from '../../../src/core/units.ts';

/** An instant of 22 November 2026, `hh:mm` or `hh:mm:ss`, UTC. */
export const at = (time: string): EpochMs => Date.parse(`2026-11-22T${time.padEnd(8, ':00')}Z`) as EpochMs;

/** How apps are called in these tests: by their ids. */
export const labelOf = ({ appId }: { readonly appId: string }): string => appId;

/** The end of an app's reload. It is resolved a second later, unless `more` says otherwise. */
export const ended = (appId: string, reloadId: string, time: string, more: Partial<EventFact> = {}): EventFact => ({
  _id: `event:default:${reloadId}`,
  tenant: 'default' as TenantName,
  appId: appId as AppId,
  reloadId: reloadId as ReloadId,
  outcome: 'succeeded',
  endedAt: at(time),
  partial: false,
  source: 'webhook',
  storedAt: at(time),
  resolvedAt: at(time),
  skips: [],
  ...more,
});

/** An order for an app that the end of a reload called for, in the run of event:default:r1. */
export const ordered = (appId: string, cause: string, time: string, more: Partial<OrderFact> = {}): OrderFact => ({
  _id: `order:default:${appId}:s:${cause}` as OrderId,
  tenant: 'default' as TenantName,
  appId: appId as AppId,
  chain: 'nightly' as ChainName,
  state: 'planned',
  causes: [cause],
  hops: 1,
  root: 'event:default:r1',
  ends: [],
  createdAt: at(time),
  ...more,
});

/** The parts of an order whose reload has succeeded. */
export const done = (reloadId: string, posted: string, end: string): Partial<OrderFact> => ({
  state: 'ended',
  outcome: 'succeeded',
  reloadId: reloadId as ReloadId,
  isCertain: true,
  ends: [reloadId as ReloadId],
  postedAt: at(posted),
  endedAt: at(end),
});
