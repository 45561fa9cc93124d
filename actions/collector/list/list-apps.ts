/*
 * Every 5 minutes the sweep lists the reloads that ended in a tenant since its checkpoint: the instant `t` up to which
 * the sweep has seen the ends. If our credential may not list the whole tenant, this file lists app by app.
 *
 * A round lists each of the tenant's apps in the chains once, and may take several sweeps. An app is behind if its ends
 * are not known up to `t`, because its list failed or is long.
 */

import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { whenAllSettled } from '../../../src/core/when-all-settled.ts';
import type { BehindApp, CheckpointDocument } from '../../../src/ledger/documents/checkpoint.ts';
import { storeTime } from '../../../src/ledger/ledger-ports.ts';
import { callTime, type ListPorts } from '../collector-ports.ts';
import type { UnseenApp } from './alert-unseen.ts';
import { type ListedBack, listBack } from './list-back.ts';
import { countsFrom, greatestEnd, headOf } from './list-bounds.ts';
import type { TenantList } from './tenant-list.ts';

/** How many apps are listed at the same time. One after another would take too long. */
const AT_ONCE = 4;

/** The list of one app, or why Qlik gave none. */
interface AppAnswer {
  readonly appId: AppId;
  readonly list: ListedBack;
}

/** The part of a round that this sweep has done. */
interface Round {
  readonly answers: readonly AppAnswer[];
  /** If the time ran out: the app at which the next sweep goes on. */
  readonly next?: AppId;
}

/**
 * Lists a tenant app by app. If the last sweep ran out of time, this goes on where that sweep stopped. If the list of
 * one app fails or is long, only that app stays behind: later sweeps read its list again, or go on in it. The
 * checkpoint moves on when the round is over.
 *
 * @returns the reloads, and how far the checkpoint may move (`progress`).
 */
export async function listApps(
  tenant: TenantName,
  apps: readonly AppId[],
  checkpoint: CheckpointDocument,
  ports: ListPorts,
): Promise<TenantList> {
  const { t, round: begun } = checkpoint;
  const { answers, next } = await listEach(tenant, apps, checkpoint, ports);
  const lists = answers.flatMap(({ list }) => (list.kind === 'listed' ? list : []));
  const tenantNow = lists.find((list) => list.tenantNow !== undefined)?.tenantNow;
  const now = storeTime(ports);
  const { unseen, behind } = appsAfter(answers, apps, checkpoint, tenantNow, now, ports);
  const roundBegan = begun?.since ?? tenantNow ?? t;
  const latestEnds = lists.flatMap((list) =>
    list.isFromHead ? (greatestEnd(list.reloads, list.tenantNow ?? now) ?? []) : [],
  );
  // Up to this instant the ends are known after this round, except those of apps that are behind. If the round took
  // several sweeps, its first lists are as old as the round's beginning, and ends after that may be missing.
  const knownUpTo = begun === undefined ? Math.max(t, ...latestEnds) : Math.max(t, roundBegan);
  return {
    reloads: lists.flatMap(({ reloads }) => reloads),
    progress: {
      t: (next === undefined ? knownUpTo : t) as EpochMs,
      ...(Object.keys(behind).length > 0 && { behind }),
      ...(next !== undefined && { round: { since: roundBegan, next } }),
    },
    isFromHead: lists.every(({ isFromHead }) => isFromHead),
    whole: answers.flatMap(({ appId, list }) =>
      list.kind === 'listed' && list.isFromHead && list.left === undefined ? appId : [],
    ),
    wholeUntil: tenantNow,
    unseen,
    tenantNow,
    problem: problemOf(answers),
  };
}

/** Lists the apps that are left in this round, four at a time, until the time runs out. */
async function listEach(
  tenant: TenantName,
  apps: readonly AppId[],
  checkpoint: CheckpointDocument,
  ports: ListPorts,
): Promise<Round> {
  const { round: begun, behind } = checkpoint;
  const left = begun === undefined ? apps : apps.filter((appId) => appId >= begun.next);
  const answers: AppAnswer[] = [];
  for (let at = 0; at < left.length; at += AT_ONCE) {
    const next = left[at];
    if (next !== undefined && callTime(ports, ports.until) === undefined) return { answers, next };
    const part = left.slice(at, at + AT_ONCE).map(async (appId) => {
      const request = { appId, place: behind?.[appId]?.gap, since: countsFrom(checkpoint, appId, ports.times) };
      return { appId, list: await listBack(tenant, request, ports) };
    });
    answers.push(...(await whenAllSettled(part)));
  }
  return { answers };
}

/** Why the list of an app was not read to its end, for the log. A list that Qlik forbids is no problem here. */
function problemOf(answers: readonly AppAnswer[]): string | undefined {
  const failed = answers.find(({ list }) => list.kind === 'unavailable' || (list.kind === 'listed' && list.left));
  if (failed === undefined) return undefined;
  const { appId, list } = failed;
  return `the app ${appId}: ${list.kind === 'listed' ? list.problem : list.message}`;
}

/**
 * The apps that stay behind, and the apps that Qlik does not show us (`unseen`). An app is unseen if Qlik forbids us
 * its list, or if its list fails and the app is behind by more than a day (`farthestJump`). An unseen app no longer
 * counts as behind. Neither does an app that is in no chain any more, because nobody lists it again.
 */
function appsAfter(
  answers: readonly AppAnswer[],
  apps: readonly AppId[],
  { t, behind: before = {} }: CheckpointDocument,
  tenantNow: EpochMs | undefined,
  now: EpochMs,
  { times }: ListPorts,
) {
  const inChains = new Set<string>(apps);
  const stillThere = Object.entries(before).filter(([appId]) => inChains.has(appId));
  const behind: Record<AppId, BehindApp> = Object.fromEntries(stillThere);
  const unseen: UnseenApp[] = [];
  for (const { appId, list } of answers) {
    const since = before[appId]?.t;
    const isLost = tenantNow !== undefined && since !== undefined && since < tenantNow - times.farthestJump;
    const isUnseen = list.kind === 'forbidden' || (list.kind === 'unavailable' && isLost);
    if (isUnseen) unseen.push({ appId, message: list.message });
    const after = isUnseen ? undefined : behindOf(list, before[appId] ?? { t }, now);
    if (after === undefined) delete behind[appId];
    else behind[appId] = after;
  }
  return { behind, unseen };
}

/** How far the ends of an app are known after its answer. Undefined if the app is not behind. */
function behindOf(list: ListedBack, before: BehindApp, now: EpochMs): BehindApp | undefined {
  if (list.kind !== 'listed') return before;
  const head = headOf(list, before.t, before.gap, now);
  if (list.left !== undefined) return { t: before.t, gap: { head, ...list.left } };
  // An earlier sweep began this list, so reloads that ended later are not in it. The next sweep lists the app again
  // from `head`.
  return list.isFromHead ? undefined : { t: head };
}
