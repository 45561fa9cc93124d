import { checkpointId } from '../../../src/core/document-ids.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { TimeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { CheckpointDocument } from '../../../src/ledger/documents/checkpoint.ts';
import { callTime, putOrTell } from '../collector-ports.ts';
import { appsOf, type TenantPorts } from './tenant-list.ts';

/** Without a checkpoint everything is history: the first one is the tenant's now, and starts nothing. */
export async function firstCheckpoint(tenant: TenantName, ports: TenantPorts): Promise<void> {
  const now = await clockOf(tenant, ports);
  if (typeof now === 'string') {
    ports.log.warn('The sweep cannot begin', { tenant, problem: now });
    return;
  }
  const store = await ports.identity();
  const first = { t: now, from: now, apps: appsOf(tenant, ports), store };
  await putOrTell({ _id: checkpointId(tenant), schema: 1, type: 'checkpoint', ...first }, ports);
  ports.log.info('The sweep begins: what ended before starts nothing', { tenant, from: now });
}

/** The tenant's clock, by one page of any list that it lets us see; a text if it does not tell: why. */
async function clockOf(tenant: TenantName, ports: TenantPorts): Promise<EpochMs | string> {
  const queries = [{}, ...appsOf(tenant, ports).map((appId) => ({ appId }))];
  let problem = 'the time ran out';
  for (const query of queries) {
    const timeout = callTime(ports, ports.until);
    if (timeout === undefined) break;
    const told = await ports.qlikOf(tenant).listEnded(query, timeout);
    if (told.kind === 'listed') return told.tenantNow ?? 'the tenant does not tell its clock';
    problem = told.message;
    if (told.kind === 'unavailable' && !('appId' in query)) break;
  }
  return problem;
}

/**
 * The checkpoint for the compiled set as it is now. An app that came with a deployment after the last sweep counts from
 * now on: else an old end of it, which no chain waited for then, would start followers.
 *
 * @param tenantNow - Qlik's clock.
 * @returns undefined if there is a new app and no clock.
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
  const isListed = new Set(apps);
  const oldest = Math.min(checkpoint.t, ...Object.values(behind).map(({ t }) => t)) - overlap;
  const kept = Object.entries(fresh).filter(([appId, since]) => isListed.has(appId as AppId) && since > oldest);
  const now = Object.fromEntries([...kept, ...added.map((appId) => [appId, tenantNow])]);
  return { ...checkpoint, apps, ...(Object.keys(now).length > 0 && { fresh: now }) };
}
