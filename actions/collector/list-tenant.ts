import type { ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { type AppId, appKey, type TenantName } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import type { CheckpointDocument } from '../../src/ledger/documents/checkpoint-document.ts';
import { type CollectorPorts, callTime } from './collector-ports.ts';
import { type Listed, listBack } from './list-back.ts';

/** What a tenant told of its ends. */
export interface TenantList extends Omit<Listed, 'kind'> {
  /** Of a list app by app: how far this round came. */
  readonly round?: { readonly since: EpochMs; readonly next?: AppId };
}

/** Apps that are asked for at once, where they are asked for one by one. */
const AT_ONCE = 4;

/**
 * What a tenant's reloads are since `since`: of the whole tenant, or app by app over the compiled set where the credential
 * may not see the whole (fact q-reloads-list-02).
 *
 * @returns a text where nothing could be had: why.
 */
export async function listTenant(
  tenant: TenantName,
  since: EpochMs,
  checkpoint: CheckpointDocument | undefined,
  ports: CollectorPorts & { readonly until: EpochMs },
): Promise<TenantList | string> {
  const time = () => callTime(ports, ports.until);
  const whole = await listBack(ports.qlikOf(tenant), { query: {}, since, times: ports.times, callTime: time });
  if (whole.kind === 'listed') return whole;
  if (whole.kind === 'unavailable') return whole.message;
  return listApps(tenant, since, checkpoint, ports);
}

/** The compiled apps of a tenant, in the order of their ids. */
export const appsOf = (tenant: TenantName, { apps }: Pick<CollectorPorts, 'apps'>): readonly AppId[] =>
  Object.keys(apps)
    .filter((key) => key.startsWith(`${tenant}/`))
    .map((key) => key.slice(tenant.length + 1) as AppId)
    .sort();

async function listApps(
  tenant: TenantName,
  since: EpochMs,
  checkpoint: CheckpointDocument | undefined,
  ports: CollectorPorts & { readonly until: EpochMs },
): Promise<TenantList | string> {
  const all = appsOf(tenant, ports);
  const begun = checkpoint?.round;
  const left = begun === undefined ? all : all.filter((appId) => appId >= begun.next);
  const lists: Listed[] = [];
  let problem: string | undefined;
  let at = 0;
  while (at < left.length && problem === undefined) {
    const part = left.slice(at, at + AT_ONCE);
    const answers = await whenAllSettled(part.map((appId) => listApp(tenant, appId, since, ports)));
    for (const answer of answers) {
      if (typeof answer === 'string') problem ??= answer;
      else if (!answer.isWhole) problem ??= answer.problem ?? 'an app’s list is not whole';
      if (typeof answer !== 'string') lists.push(answer);
    }
    // What came of a part that is not whole is asked for again.
    if (problem === undefined) at += part.length;
  }
  const first = lists[0];
  if (first === undefined && left.length > 0) return problem ?? 'no app could be listed';
  const roundSince = begun?.since ?? first?.tenantNow;
  const next = left[at];
  return {
    reloads: lists.flatMap(({ reloads }) => reloads),
    isWhole: next === undefined,
    isByEnd: false,
    ...(first?.tenantNow !== undefined && { tenantNow: first.tenantNow }),
    ...(problem !== undefined && { problem }),
    ...(roundSince !== undefined && (next !== undefined || begun !== undefined)
      ? { round: { since: roundSince, ...(next !== undefined && { next }) } }
      : {}),
  };
}

/** An app that the credential may not see has no reloads for us. */
async function listApp(
  tenant: TenantName,
  appId: AppId,
  since: EpochMs,
  ports: CollectorPorts & { readonly until: EpochMs },
): Promise<Listed | string> {
  const time = () => callTime(ports, ports.until);
  const options = { query: { appId }, since, times: ports.times, callTime: time };
  const answer = await listBack(ports.qlikOf(tenant), options);
  if (answer.kind === 'listed') return answer;
  if (answer.kind === 'unavailable') return answer.message;
  ports.log.warn('The sweep may not list an app', { tenant, app: appId, problem: answer.message });
  return { kind: 'listed', reloads: [], isWhole: true, isByEnd: true };
}

/** Whether a reload's end concerns a link. */
export const isRelevant = (
  tenant: TenantName,
  { appId }: ReloadRecord,
  { apps }: Pick<CollectorPorts, 'apps'>,
): boolean => Object.hasOwn(apps, appKey({ tenant, appId }));
