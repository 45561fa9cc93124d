/*
 * Every 5 minutes the sweep lists the reloads that ended in a tenant since its checkpoint: the instant `t` up to which
 * the sweep has seen the ends. For some apps the checkpoint may have an earlier instant: they are behind (`behind`).
 * This file chooses how to list the tenant, because not every credential may list all of it at once.
 */

import type { TenantName } from '../../../src/core/names.ts';
import type { CheckpointDocument } from '../../../src/ledger/documents/checkpoint.ts';
import { storeTime } from '../../../src/ledger/ledger-ports.ts';
import type { ListPorts } from '../collector-ports.ts';
import { listApps } from './list-apps.ts';
import { listBack } from './list-back.ts';
import { headOf, wholeFrom } from './list-bounds.ts';
import { appsOf, type TenantList } from './tenant-list.ts';

/**
 * Lists the reloads of a tenant since shortly before its checkpoint. This asks Qlik for one list of the whole tenant.
 * If Qlik refuses that to this credential, this lists app by app (fact q-reloads-list-02). If the list is too long
 * for one sweep, `progress` has a gap: the place at which the next sweep goes on.
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
  const head = headOf(list, t, gap, storeTime(ports));
  const progress = left === undefined ? { t: head } : { t, gap: { head, ...left }, ...(behind && { behind }) };
  // If an earlier sweep began to read this list, reloads that have ended since then are not in it.
  const wholeUntil = list.isFromHead ? list.tenantNow : head;
  return { ...rest, progress, whole: left === undefined ? appsOf(tenant, ports) : [], wholeUntil, unseen: [] };
}
