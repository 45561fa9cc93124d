import { checkpointId } from '../../src/core/document-ids.ts';
import type { TenantName } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { callTime } from './collector-ports.ts';
import { appsOf } from './list-tenant.ts';
import { putOrTell } from './put-or-tell.ts';
import type { TenantPorts } from './sweep-tenant.ts';

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

/** The tenant's clock, by one page of any list that it lets us see; a text where it does not tell: why. */
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
