/*
 * The sweep, every 5 minutes, lists the reloads that ended in a tenant since its checkpoint. Up to the checkpoint the
 * sweep has seen every end. This file reads the list.
 */

import type { TenantName } from '../../../src/core/names.ts';
import type { CheckpointDocument } from '../../../src/ledger/documents/checkpoint.ts';
import { type ListPorts, storeNow } from '../collector-ports.ts';
import { listApps } from './list-apps.ts';
import { listBack } from './list-back.ts';
import { headOf, wholeFrom } from './list-bounds.ts';
import { appsOf, type TenantList } from './tenant-list.ts';

/**
 * Lists a tenant's reloads since its checkpoint. It reads one list of the whole tenant. If the credential may not list
 * the whole tenant, it lists app by app (fact q-reloads-list-02).
 *
 * @returns what was listed, and how far the checkpoint may move; or a text that says why nothing was listed.
 */
export async function listTenant(
  tenant: TenantName,
  checkpoint: CheckpointDocument,
  ports: ListPorts,
): Promise<TenantList | string> {
  const { t, gap, behind } = checkpoint;
  const list = await listBack(tenant, { place: gap, since: wholeFrom(checkpoint, ports.times) }, ports);
  if (list.kind !== 'listed')
    return list.kind === 'forbidden' ? listApps(tenant, appsOf(tenant, ports), checkpoint, ports) : list.message;
  const { left, ...rest } = list;
  const head = headOf(list, t, gap, storeNow(ports));
  const progress = left === undefined ? { t: head } : { t, gap: { head, ...left }, ...(behind && { behind }) };
  // A list that an earlier sweep began does not have what ended since then.
  const isWhole = left === undefined && list.isFromHead;
  return { ...rest, progress, whole: isWhole ? appsOf(tenant, ports) : [], unseen: [] };
}
