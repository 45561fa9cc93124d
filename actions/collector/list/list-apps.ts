import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { whenAllSettled } from '../../../src/core/when-all-settled.ts';
import type { BehindApp, CheckpointDocument } from '../../../src/ledger/documents/checkpoint.ts';
import { callTime, storeNow } from '../collector-ports.ts';
import { type Listed, type ListedBack, listBack } from './list-back.ts';
import { countsFrom, greatestEnd, headOf } from './list-bounds.ts';
import type { ListPorts, Progress, TenantList } from './tenant-list.ts';

/** Apps that are asked for at once. */
const AT_ONCE = 4;

interface AppAnswer {
  readonly appId: AppId;
  readonly told: ListedBack;
}

/** A round over the apps: what was told, and which is next where the time ran out. */
interface Round {
  readonly answers: readonly AppAnswer[];
  readonly next?: AppId;
}

/**
 * Lists a tenant app by app, from where the time ran out before. An app whose list fails or is long is behind alone: the
 * others go on, and the checkpoint with them.
 */
export async function listApps(
  tenant: TenantName,
  apps: readonly AppId[],
  checkpoint: CheckpointDocument,
  ports: ListPorts,
): Promise<TenantList> {
  const { round: begun } = checkpoint;
  const left = begun === undefined ? apps : apps.filter((appId) => appId >= begun.next);
  const round = await askEach(left, (appId) => listApp(tenant, appId, checkpoint, ports), ports);
  const lists = round.answers.flatMap(({ told }) => (told.kind === 'listed' ? told : []));
  const tenantNow = lists.find((list) => list.tenantNow !== undefined)?.tenantNow;
  const unseen = unseenIn(round.answers, checkpoint, tenantNow, ports);
  const problem = problemOf(round.answers);
  return {
    reloads: lists.flatMap(({ reloads }) => reloads),
    progress: progressOf(round, lists, tenantNow, checkpoint, unseen, storeNow(ports)),
    isFromHead: lists.every(({ isFromHead }) => isFromHead),
    unseen,
    ...(tenantNow !== undefined && { tenantNow }),
    ...(problem !== undefined && { problem }),
  };
}

async function askEach(
  apps: readonly AppId[],
  list: (appId: AppId) => Promise<ListedBack>,
  ports: ListPorts,
): Promise<Round> {
  const answers: AppAnswer[] = [];
  for (let at = 0; at < apps.length; at += AT_ONCE) {
    const next = apps[at];
    if (next !== undefined && callTime(ports, ports.until) === undefined) return { answers, next };
    const part = apps.slice(at, at + AT_ONCE).map(async (appId) => ({ appId, told: await list(appId) }));
    answers.push(...(await whenAllSettled(part)));
  }
  return { answers };
}

const listApp = (
  tenant: TenantName,
  appId: AppId,
  checkpoint: CheckpointDocument,
  ports: ListPorts,
): Promise<ListedBack> =>
  listBack(ports.qlikOf(tenant), {
    query: { appId },
    place: checkpoint.behind?.[appId]?.gap,
    since: countsFrom(checkpoint, appId, ports.times),
    times: ports.times,
    callTime: () => callTime(ports, ports.until),
  });

function problemOf(answers: readonly AppAnswer[]): string | undefined {
  const wrong = answers.find(({ told }) => told.kind === 'unavailable' || (told.kind === 'listed' && told.left));
  if (wrong === undefined) return undefined;
  const why = wrong.told.kind === 'listed' ? wrong.told.problem : wrong.told.message;
  return `the app ${wrong.appId}: ${why}`;
}

/** An app that may not be seen has no ends for us; one whose list fails for longer than the sweep may look back, either. */
function unseenIn(
  answers: readonly AppAnswer[],
  { t, behind }: CheckpointDocument,
  tenantNow: EpochMs | undefined,
  { times }: ListPorts,
): TenantList['unseen'] {
  return answers.flatMap(({ appId, told }) => {
    if (told.kind === 'listed') return [];
    const isLost = tenantNow !== undefined && (behind?.[appId]?.t ?? t) < tenantNow - times.farthestJump;
    return told.kind === 'forbidden' || (isLost && behind?.[appId] !== undefined)
      ? [{ appId, message: told.message }]
      : [];
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
  // Of a round over several sweeps the first app's list is as old as the round.
  const ended = begun === undefined ? Math.max(t, ...seen) : Math.max(t, since);
  const moved = (next === undefined ? ended : t) as EpochMs;
  const behind = behindAfter(answers, checkpoint, unseen, now);
  return {
    t: moved,
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
  for (const { appId, told } of answers) {
    const before = behind[appId] ?? { t };
    const now = isUnseen.has(appId) ? undefined : behindOf(told, before, storeTime);
    if (now === undefined) delete after[appId];
    else after[appId] = now;
  }
  return after;
}

/** Where an app is after its answer; undefined if it is as far as the others. */
function behindOf(told: ListedBack, before: BehindApp, now: EpochMs): BehindApp | undefined {
  if (told.kind !== 'listed') return before;
  const { left } = told;
  const head = headOf(told, before.t, before.gap, now);
  if (left !== undefined) return { t: before.t, gap: { head, ...left } };
  // What ended while the list was read over several sweeps is above its beginning.
  return told.isFromHead ? undefined : { t: head };
}
