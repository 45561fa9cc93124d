import type { TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { CheckpointDocument } from '../../../src/ledger/documents/checkpoint.ts';
import { callTime, storeNow } from '../collector-ports.ts';
import { listApps } from './list-apps.ts';
import { type Listed, listBack } from './list-back.ts';
import { headOf, wholeFrom } from './list-bounds.ts';
import { appsOf, type ListPorts, type TenantList } from './tenant-list.ts';

/**
 * What a tenant's reloads are since its checkpoint: of the whole tenant, or app by app over the compiled set where the
 * credential may not see the whole (fact q-reloads-list-02).
 *
 * @returns a text if nothing could be had: why.
 */
export async function listTenant(
  tenant: TenantName,
  checkpoint: CheckpointDocument,
  ports: ListPorts,
): Promise<TenantList | string> {
  const { times } = ports;
  const whole = await listBack(ports.qlikOf(tenant), {
    query: {},
    place: checkpoint.gap,
    since: wholeFrom(checkpoint, times),
    times,
    callTime: () => callTime(ports, ports.until),
  });
  if (whole.kind === 'listed') return ofWhole(whole, checkpoint, storeNow(ports));
  return whole.kind === 'forbidden' ? listApps(tenant, appsOf(tenant, ports), checkpoint, ports) : whole.message;
}

function ofWhole(list: Listed, checkpoint: CheckpointDocument, now: EpochMs): TenantList {
  const { reloads, left, isFromHead, older, tenantNow, problem } = list;
  const { t, gap, behind } = checkpoint;
  const head = headOf(list, t, gap, now);
  return {
    reloads,
    progress: left === undefined ? { t: head } : { t, gap: { head, ...left }, ...(behind && { behind }) },
    isFromHead,
    unseen: [],
    ...(older !== undefined && { older }),
    ...(tenantNow !== undefined && { tenantNow }),
    ...(problem !== undefined && { problem }),
  };
}
