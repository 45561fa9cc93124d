import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { whenAllSettled } from '../../../src/core/when-all-settled.ts';
import type { BehindApp, CheckpointDocument } from '../../../src/ledger/documents/checkpoint.ts';
import { callTime, type ListPorts, storeNow } from '../collector-ports.ts';
import { type Listed, type ListedBack, listBack } from './list-back.ts';
import { countsFrom, greatestEnd, headOf } from './list-bounds.ts';
import type { Progress, TenantList } from './tenant-list.ts';

/** Apps that are listed at once. */
const AT_ONCE = 4;

interface AppAnswer {
  readonly appId: AppId;
  readonly list: ListedBack;
}

/** A round over the apps. */
interface Round {
  readonly answers: readonly AppAnswer[];
  /** The app to go on with, if the time ran out. */
  readonly next?: AppId;
}

/**
 * Lists a tenant app by app, from the app where the time ran out before. An app whose list fails or is long stays behind
 * alone: the other apps and the checkpoint go on.
 */
export async function listApps(
  tenant: TenantName,
  apps: readonly AppId[],
  checkpoint: CheckpointDocument,
  ports: ListPorts,
): Promise<TenantList> {
  const round = await listEach(tenant, apps, checkpoint, ports);
  const lists = round.answers.flatMap(({ list }) => (list.kind === 'listed' ? list : []));
  const tenantNow = lists.find((list) => list.tenantNow !== undefined)?.tenantNow;
  const unseen = unseenIn(round.answers, checkpoint, tenantNow, ports);
  return {
    reloads: lists.flatMap(({ reloads }) => reloads),
    progress: progressOf(round, lists, tenantNow, checkpoint, unseen, storeNow(ports)),
    isFromHead: lists.every(({ isFromHead }) => isFromHead),
    unseen,
    tenantNow,
    problem: problemOf(round.answers),
  };
}

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

function problemOf(answers: readonly AppAnswer[]): string | undefined {
  const failed = answers.find(({ list }) => list.kind === 'unavailable' || (list.kind === 'listed' && list.left));
  if (failed === undefined) return undefined;
  const { appId, list } = failed;
  return `the app ${appId}: ${list.kind === 'listed' ? list.problem : list.message}`;
}

/** The apps that we may not see, and those whose list has failed for longer than the sweep may look back. */
function unseenIn(
  answers: readonly AppAnswer[],
  { behind = {} }: CheckpointDocument,
  tenantNow: EpochMs | undefined,
  { times }: ListPorts,
): TenantList['unseen'] {
  return answers.flatMap(({ appId, list }) => {
    if (list.kind === 'listed') return [];
    const since = behind[appId]?.t;
    const isLost = tenantNow !== undefined && since !== undefined && since < tenantNow - times.farthestJump;
    return list.kind === 'forbidden' || isLost ? [{ appId, message: list.message }] : [];
  });
}

function progressOf(
  { answers, next }: Round,
  lists: readonly Listed[],
  tenantNow: EpochMs | undefined,
  checkpoint: CheckpointDocument,
  unseen: TenantList['unseen'],
  now: EpochMs,
): Progress {
  const { t, round: begun } = checkpoint;
  const since = begun?.since ?? tenantNow ?? t;
  const seen = lists.flatMap((list) =>
    list.isFromHead ? (greatestEnd(list.reloads, list.tenantNow ?? now) ?? []) : [],
  );
  // If the round took several sweeps, its first list is as old as the round.
  const ended = begun === undefined ? Math.max(t, ...seen) : Math.max(t, since);
  const behind = behindAfter(answers, checkpoint, unseen, now);
  return {
    t: (next === undefined ? ended : t) as EpochMs,
    ...(Object.keys(behind).length > 0 && { behind }),
    ...(next !== undefined && { round: { since, next } }),
  };
}

function behindAfter(
  answers: readonly AppAnswer[],
  { t, behind = {} }: CheckpointDocument,
  unseen: TenantList['unseen'],
  storeTime: EpochMs,
): Record<AppId, BehindApp> {
  const after: Record<AppId, BehindApp> = { ...behind };
  const isUnseen = new Set(unseen.map(({ appId }) => appId));
  for (const { appId, list } of answers) {
    const now = isUnseen.has(appId) ? undefined : behindOf(list, behind[appId] ?? { t }, storeTime);
    if (now === undefined) delete after[appId];
    else after[appId] = now;
  }
  return after;
}

/** Where an app is after its answer; undefined if it is as far as the others. */
function behindOf(list: ListedBack, before: BehindApp, now: EpochMs): BehindApp | undefined {
  if (list.kind !== 'listed') return before;
  const head = headOf(list, before.t, before.gap, now);
  if (list.left !== undefined) return { t: before.t, gap: { head, ...list.left } };
  // Reloads that ended after the list began stand above its beginning.
  return list.isFromHead ? undefined : { t: head };
}
