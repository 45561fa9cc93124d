import type { EndedQuery, ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import { definedFields } from '../../../src/core/defined-fields.ts';
import type { AppId, ReloadId } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { errorIn } from '../../../src/core/webhook/event-fields.ts';
import { FAILURE } from './bodies.ts';
import type { SimReload, TenantModel } from './tenant-model.ts';

const PAGE = 100;
const APP_LIST = 100;

/** Whether the tenant already shows that a reload ended. */
const isShownEnded = (reload: SimReload, now: number): boolean =>
  reload.endShownFrom !== undefined && reload.endShownFrom <= now;

/** A reload as the tenant shows it at world time `now`; undefined if it does not show it. */
export function recordOf(reload: SimReload, tenant: TenantModel, now: number): ReloadRecord | undefined {
  if (reload.shownFrom > now) return undefined;
  const { clockOffset, echo } = tenant.traits;
  if (reload.resourceId !== undefined && echo === 'none') tenant.met.add('echo-nowhere');
  const isEnded = isShownEnded(reload, now);
  return {
    id: reload.id as ReloadId,
    appId: reload.appId as AppId,
    type: reload.type,
    userId: reload.userId,
    partial: reload.body.partial === true,
    createdAt: (reload.acceptedAt + clockOffset) as EpochMs,
    status: isEnded || reload.endedAt === undefined ? reload.status : 'RELOADING',
    ...(reload.resourceId === undefined || echo === 'none' ? {} : { resourceId: reload.resourceId }),
    ...(isEnded && reload.endedAt !== undefined ? { endedAt: (reload.endedAt + clockOffset) as EpochMs } : {}),
    ...(isEnded && reload.status === 'FAILED' && definedFields({ error: errorIn(FAILURE) })),
  };
}

/** Whether the tenant's lists still hold an ended reload. */
export function isKept(reload: SimReload, tenant: TenantModel): boolean {
  if (reload.endedAt === undefined || tenant.traits.keep === Number.POSITIVE_INFINITY) return true;
  const later = tenant.ofApp(reload.appId).filter(({ endedAt = 0 }) => endedAt > (reload.endedAt ?? 0));
  const isStillKept = later.length < tenant.traits.keep;
  if (!isStillKept) tenant.met.add('ten-ends-kept');
  return isStillKept;
}

const shown = (reloads: readonly SimReload[], tenant: TenantModel, now: number): readonly ReloadRecord[] =>
  reloads
    .filter((reload) => isKept(reload, tenant) && !tenant.isGone(reload.appId))
    .flatMap((reload) => recordOf(reload, tenant, now) ?? []);

/** The log of a reload; undefined if the tenant has none or does not show it. */
export function logOf(reloadId: string, tenant: TenantModel): string | undefined {
  const reload = tenant.find(reloadId);
  const isShown = reload?.endedAt !== undefined && isKept(reload, tenant) && !tenant.isGone(reload.appId);
  return isShown ? `Log of ${reloadId}` : undefined;
}

/** `GET /reloads?appId=…&limit=100`: the newest first. */
export const listOfApp = (tenant: TenantModel, appId: string, now: number): readonly ReloadRecord[] =>
  [...shown(tenant.ofApp(appId), tenant, now)].sort(byCreation).slice(0, APP_LIST);

/**
 * One page of `GET /reloads?sort=-endTime&limit=100`. The cursor is a place in the list, which moves between requests.
 */
export function endedPage(
  tenant: TenantModel,
  { appId, next, newestBy }: EndedQuery,
  now: number,
): { readonly reloads: readonly ReloadRecord[]; readonly next?: string } {
  const all = shown(appId === undefined ? tenant.reloads : tenant.ofApp(appId), tenant, now);
  if (newestBy !== 'creation' && !tenant.traits.isSortHonoured) tenant.met.add('sort-ignored');
  const isByEnd = newestBy !== 'creation' && tenant.traits.isSortHonoured;
  const sorted = [...all].sort(isByEnd ? byEnd(tenant.traits.areActiveFirst) : byCreation);
  const from = next === undefined ? 0 : Number(next);
  const to = from + (appId === undefined ? tenant.traits.page : PAGE);
  const reloads = sorted.slice(from, to);
  return to < sorted.length ? { reloads, next: String(to) } : { reloads };
}

const byCreation = (a: ReloadRecord, b: ReloadRecord): number => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);

function byEnd(areActiveFirst: boolean): (a: ReloadRecord, b: ReloadRecord) => number {
  const none = areActiveFirst ? Number.POSITIVE_INFINITY : 0;
  return (a, b) => {
    const [endA, endB] = [a.endedAt ?? none, b.endedAt ?? none];
    return endA === endB ? byCreation(a, b) : endB - endA;
  };
}
