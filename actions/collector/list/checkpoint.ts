/*
 * Every 5 minutes the sweep asks Qlik which reloads ended since a tenant's checkpoint: the instant `t` up to which the
 * sweep has seen the ends. For some apps the checkpoint may have an earlier instant (`behind`). This file writes a
 * tenant's first checkpoint, and fits the checkpoint to the apps that the chains have now.
 */

import { checkpointId } from '../../../src/core/document-ids.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { TimeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { CheckpointDocument } from '../../../src/ledger/documents/checkpoint.ts';
import { callTime, putOrLog } from '../collector-ports.ts';
import { appsOf, type TenantPorts } from './tenant-list.ts';

/**
 * Writes a tenant's first checkpoint: Qlik's present time. So the sweep starts nothing for reloads that ended before
 * it. If Qlik does not say its time, this writes nothing, and the next sweep tries again.
 */
export async function firstCheckpoint(tenant: TenantName, ports: TenantPorts): Promise<void> {
  const now = await clockOf(tenant, ports);
  if (typeof now === 'string') {
    ports.log.warn('The sweep cannot begin', { tenant, problem: now });
    return;
  }
  const store = await ports.identity();
  const first = { t: now, from: now, apps: appsOf(tenant, ports), store };
  const { kind } = await putOrLog({ _id: checkpointId(tenant), schema: 1, type: 'checkpoint', ...first }, ports);
  if (kind === 'stored') ports.log.info('The sweep begins: what ended before starts nothing', { tenant, from: now });
}

/**
 * Qlik's time. This asks for the tenant's list, and, if the credential may not see that, for one app's list after
 * another. A text says why the time is unknown.
 */
async function clockOf(tenant: TenantName, ports: TenantPorts): Promise<EpochMs | string> {
  const queries = [{}, ...appsOf(tenant, ports).map((appId) => ({ appId }))];
  let problem = 'the time ran out';
  for (const query of queries) {
    const timeout = callTime(ports, ports.until);
    if (timeout === undefined) break;
    const page = await ports.qlikOf(tenant).listEnded(query, timeout);
    if (page.kind === 'listed') return page.tenantNow ?? 'the tenant shows no clock';
    problem = page.message;
    if (page.kind === 'unavailable' && !('appId' in query)) break;
  }
  return problem;
}

/**
 * The checkpoint for the apps that are in the chains now. `gap`, `behind` and `round` are left out. They say where
 * reading a long list, or many lists, stopped. The caller adds them as they are after the present sweep.
 *
 * If a deployment has added an app since the last sweep, the app's ends count from now on, by Qlik's time. Its earlier
 * ends must start nothing, because no chain waited for them. `fresh` keeps this instant for each new app, until the
 * sweep's lists no longer go back that far.
 *
 * @param tenantNow - Qlik's time.
 * @returns undefined if there is a new app and Qlik's time is unknown.
 */
export function withApps(
  { fresh = {}, behind = {}, gap, round, ...checkpoint }: CheckpointDocument,
  apps: readonly AppId[],
  tenantNow: EpochMs | undefined,
  { overlap }: TimeConstants,
): CheckpointDocument | undefined {
  const known = new Set(checkpoint.apps);
  const added = apps.filter((appId) => !known.has(appId));
  if (added.length > 0 && tenantNow === undefined) return undefined;
  const inChains = new Set(apps);
  const listsFrom = Math.min(checkpoint.t, ...Object.values(behind).map(({ t }) => t)) - overlap;
  const kept = Object.entries(fresh).filter(([appId, since]) => inChains.has(appId as AppId) && since > listsFrom);
  const nextFresh = Object.fromEntries([...kept, ...added.map((appId) => [appId, tenantNow])]);
  return { ...checkpoint, apps, ...(Object.keys(nextFresh).length > 0 && { fresh: nextFresh }) };
}
