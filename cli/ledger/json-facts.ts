import type { AppRef } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import type { RunSummary } from '../../src/core/runs/group-runs.ts';
import type { RunNode } from '../../src/core/runs/run-tree.ts';
import type { EpochMs } from '../../src/core/units.ts';

/** An instant as scripts read it; absent if there is none. */
const iso = <K extends string>(name: K, at: EpochMs | undefined): Partial<Record<K, string>> =>
  at === undefined ? {} : ({ [name]: new Date(at).toISOString() } as Partial<Record<K, string>>);

/** An app as `--json` prints it. */
export const appJson = (app: AppRef, labelOf: LabelOf) => ({
  tenant: app.tenant,
  appId: app.appId,
  label: labelOf(app),
});

/** An order as `--json` prints it. */
export const orderJson = (order: OrderFact, labelOf: LabelOf) => ({
  order: order._id,
  app: appJson(order, labelOf),
  chain: order.chain,
  state: order.state,
  causes: order.causes,
  hops: order.hops,
  root: order.root,
  ...(order.outcome === undefined ? {} : { outcome: order.outcome }),
  ...(order.reloadId === undefined ? {} : { reloadId: order.reloadId }),
  ...(order.into === undefined ? {} : { into: order.into }),
  ...(order.reason === undefined ? {} : { reason: order.reason }),
  ...iso('createdAt', order.createdAt),
  ...iso('postedAt', order.postedAt),
  ...iso('endedAt', order.endedAt),
  ...iso('gaveUpAt', order.gaveUpAt),
  ...iso('dueAt', order.dueAt),
});

/** The end of a reload as `--json` prints it. */
export const endJson = (event: ReloadFinished, labelOf: LabelOf) => ({
  app: appJson(event, labelOf),
  reloadId: event.reloadId,
  outcome: event.outcome,
  ...iso('endedAt', event.endedAt),
  ...(event.startedBy === undefined ? {} : { startedBy: event.startedBy }),
  ...(event.error === undefined ? {} : { error: event.error }),
});

/** A run as `--json` prints it. */
export const runJson = (summary: RunSummary, labelOf: LabelOf) => ({
  root: summary.root,
  ...(summary.app === undefined ? {} : { app: appJson(summary.app, labelOf) }),
  ...(summary.outcome === undefined ? {} : { outcome: summary.outcome }),
  byHand: summary.isByHand,
  state: summary.isGoing ? 'going' : 'finished',
  ...iso('beganAt', summary.beganAt),
  ...iso('lastAt', summary.lastAt),
  orders: summary.orders,
  outcomes: summary.outcomes,
});

/** A tree as `--json` prints it. */
export const nodeJson = ({ app, order, event, skips, followers }: RunNode, labelOf: LabelOf): object => ({
  app: appJson(app, labelOf),
  ...(order === undefined ? {} : { order: orderJson(order, labelOf) }),
  ...(event === undefined ? {} : { end: endJson(event, labelOf) }),
  skips,
  followers: followers.map((follower) => nodeJson(follower, labelOf)),
});
