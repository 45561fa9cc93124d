/*
 * With `--json` the commands print JSON, for scripts. This file makes the parts of that for orders, events and runs, so
 * that each command prints them with the same fields. A field that is undefined does not appear in JSON.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes or has started. A run is a first reload, and
 * all reloads that follow from it.
 */

import type { AppRef } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { RunWaits } from '../../src/core/runs/count-waits.ts';
import type { EarlierAttempt } from '../../src/core/runs/earlier-attempts.ts';
import type { LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import type { RunSummary } from '../../src/core/runs/group-runs.ts';
import { type ReloadTimes, reloadTimes } from '../../src/core/runs/reload-times.ts';
import type { RunNode } from '../../src/core/runs/run-tree.ts';
import type { WaitNow, WaitSkip } from '../../src/core/runs/wait-now.ts';
import type { EpochMs } from '../../src/core/units.ts';

/** An instant as `--json` prints it. */
export const iso = (at: EpochMs | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();

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
  definition: order.definition,
  state: order.state,
  causes: order.causes,
  hops: order.hops,
  root: order.root,
  outcome: order.outcome,
  reloadId: order.reloadId,
  try: order.try,
  into: order.into,
  reason: order.reason,
  createdAt: iso(order.createdAt),
  postedAt: iso(order.postedAt),
  endedAt: iso(order.endedAt),
  gaveUpAt: iso(order.gaveUpAt),
  dueAt: iso(order.dueAt),
});

/** The end of a reload as `--json` prints it. */
export const endJson = (event: ReloadFinished, labelOf: LabelOf) => ({
  app: appJson(event, labelOf),
  reloadId: event.reloadId,
  outcome: event.outcome,
  createdAt: iso(event.createdAt),
  startedAt: iso(event.startedAt),
  endedAt: iso(event.endedAt),
  ...timesJson(reloadTimes(event)),
  startedBy: event.startedBy,
  error: event.error,
});

/** The times of a reload as `--json` prints them. A time that is not known is absent. */
const timesJson = ({ queued, ran }: ReloadTimes) => ({
  queuedSeconds: queued === undefined ? undefined : queued / 1_000,
  ranSeconds: ran === undefined ? undefined : ran / 1_000,
});

/** An earlier attempt of an order's reload as `--json` prints it. */
export const attemptJson = ({ number, outOf, delay, reloadId, end }: EarlierAttempt, labelOf: LabelOf) => ({
  attempt: number,
  outOf,
  reloadId,
  delaySeconds: delay === undefined ? undefined : delay / 1_000,
  end: end && endJson(end, labelOf),
});

/** A run as `--json` prints it. */
export const runJson = (summary: RunSummary, { waiting, elsewhere }: RunWaits, labelOf: LabelOf) => ({
  root: summary.root,
  app: summary.app && appJson(summary.app, labelOf),
  outcome: summary.outcome,
  byHand: summary.isByHand,
  state: summary.isGoing ? 'going' : 'finished',
  beganAt: iso(summary.beganAt),
  lastAt: iso(summary.lastAt),
  orders: summary.orders,
  outcomes: summary.outcomes,
  timedOut: summary.timedOut,
  ...timesJson(summary.times),
  furtherAttempts: summary.furtherAttempts,
  waiting,
  ordersElsewhere: elsewhere,
});

/**
 * A tree of reloads as `--json` prints it.
 *
 * @param waitOf - finds what has become of an end that waited for other apps.
 */
export const nodeJson = (
  { app, order, event, attempts, skips, followers }: RunNode,
  labelOf: LabelOf,
  waitOf: (skip: WaitSkip) => WaitNow | undefined,
): object => ({
  app: appJson(app, labelOf),
  order: order && orderJson(order, labelOf),
  attempts: attempts?.map((attempt) => endJson(attempt, labelOf)),
  end: event && endJson(event, labelOf),
  skips: skips.map((skip) => (skip.reason === 'waits-for' ? { ...skip, now: waitOf(skip) } : skip)),
  followers: followers.map((follower) => nodeJson(follower, labelOf, waitOf)),
});
