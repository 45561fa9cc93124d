/*
 * The dashboard draws the deployed chains, with a colour and a word for each app. This file says in one word how each
 * app stands. An order is a reload that Cascade owes or has started.
 */

import type { AppState } from '../desk/app-state.ts';
import { appStateId } from '../document-ids.ts';
import { groupBy } from '../group-by.ts';
import type { JoinMemory } from '../joins/apply-end.ts';
import { appKey } from '../names.ts';
import { isFinal } from '../order-state.ts';
import type { Outcome } from '../reload-finished.ts';
import { type NextAttempt, nextAttempt } from '../runs/attempt-words.ts';
import type { OrderFact } from '../runs/facts.ts';
import { joinHalves } from '../runs/join-words.ts';
import type { EpochMs } from '../units.ts';
import type { ChainGraph, GraphApp, GraphComposite } from './chain-graph.ts';

/** How an app stands now, in one word. If several are true, the first one of this list counts. */
export type Standing =
  /** A reload of it that Cascade started runs in Qlik, or is queued there. */
  | 'running'
  /** It failed for good, and has not succeeded since. Or a reload of it was given up, and none has ended since. */
  | 'failed'
  /** It has missed a deadline. */
  | 'late'
  /** The last attempt of its reload failed, and another one follows. */
  | 'retrying'
  /** A reload of it is owed, or a link to it waits: some of the link's apps have ended, and others have not. */
  | 'waiting'
  /** All its links are of chains with `enabled: false`. */
  | 'disabled'
  | 'succeeded'
  /** Its last reload was canceled. */
  | 'canceled'
  /** Cascade knows of no reload of it that ended. */
  | 'never-ran';

/** How an app stands now. */
export interface AppStanding {
  readonly standing: Standing;
  /** Since when, such as the reload's start or end, or the deadline. Absent if it is unknown. */
  readonly at?: EpochMs;
  /** Present if an attempt of its reload failed, and another one follows or runs. */
  readonly attempt?: NextAttempt;
  /** How many apps it still waits for. 0 if none of the apps that it waits for has ended. */
  readonly waitsFor: number;
}

/** What the ledger (Cascade's memory) knows of the apps. */
export interface KnownApps {
  /** How the apps stand by their ends, by the ids of their documents. */
  readonly states: ReadonlyMap<string, AppState>;
  /** Orders of these apps, in any order. Orders of other apps may be among them. */
  readonly orders: Iterable<OrderFact>;
  /** What links remember that wait for several apps, by the ids of their documents. */
  readonly joins: ReadonlyMap<string, JoinMemory>;
}

/** Says how each app of the graph stands. The list is by the apps' numbers. */
export function appStandings(graph: ChainGraph, known: KnownApps, now: EpochMs): readonly AppStanding[] {
  const orders = groupBy(known.orders, (order) => appKey(order));
  return graph.apps.map((app, number) => {
    const waits = (graph.composites.get(number) ?? []).map((each) => waitOf(each, known.joins, now));
    return standingOf(app, known.states.get(appStateId(app)), orders.get(app.key) ?? [], waits);
  });
}

/** What a link still waits for that waits for several apps. */
interface Wait {
  /** How many apps must still end. 0 if none of them has ended yet. */
  readonly needed: number;
  /** When the first one ended. */
  readonly since?: EpochMs;
}

/** Says what a link still waits for. A link of a paused chain waits for nothing. */
function waitOf({ id, link }: GraphComposite, joins: KnownApps['joins'], now: EpochMs): Wait {
  const memory = joins.get(id);
  if (memory === undefined || link.paused) return { needed: 0 };
  const ends = joinHalves({ link, memory }, now).flatMap(({ endedAt }) => endedAt ?? []);
  if (ends.length === 0) return { needed: 0 };
  return { needed: Math.max(0, link.join.atLeast - ends.length), since: Math.min(...ends) as EpochMs };
}

/** Says how an app stands: the first that is true, in the order of the list of `Standing`. */
function standingOf(
  { isPaused }: GraphApp,
  state: AppState | undefined,
  orders: readonly OrderFact[],
  waits: readonly Wait[],
): AppStanding {
  const last = state?.last;
  const waitsFor = waits.reduce((sum, { needed }) => sum + needed, 0);
  const running = orders.find((order) => order.state === 'posted');
  const owed = orders.find((order) => !isFinal(order.state));
  const attempt = nextAttempt(running ?? owed);
  const since = (standing: Standing, at?: EpochMs): AppStanding => ({
    standing,
    ...(at !== undefined && { at }),
    ...(attempt !== undefined && { attempt }),
    waitsFor,
  });
  if (running !== undefined) return since('running', running.postedAt);
  if (state?.failing !== undefined) return since('failed', state.failing.since);
  // An end after the order was made is newer news of the app.
  const givenUp = orders.find((order) => order.state === 'gave-up' && order.createdAt > (last?.endedAt ?? 0));
  if (givenUp !== undefined) return since('failed', givenUp.gaveUpAt);
  if (state?.late !== undefined) return since('late', state.late.deadline);
  if (attempt !== undefined) return since('retrying', last?.endedAt);
  if (owed !== undefined) return since('waiting', owed.createdAt);
  const wait = waits.find(({ needed }) => needed > 0);
  if (wait !== undefined) return since('waiting', wait.since);
  if (isPaused) return since('disabled', last?.endedAt);
  return last === undefined ? since('never-ran') : since(STANDING_AFTER[last.outcome], last.endedAt);
}

const STANDING_AFTER: Readonly<Record<Outcome, Standing>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  'exceeded-limit': 'failed',
  canceled: 'canceled',
};
