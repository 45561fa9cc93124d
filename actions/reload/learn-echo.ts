import type { ReloadId, TenantName } from '../../src/core/names.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { noteEcho } from '../../src/ledger/gate.ts';
import { callTimeout, type OrderWork } from './order-work.ts';

/**
 * Finds out whether the tenant echoes, that is, whether its reload records show the `resourceId` that we sent. If a
 * tenant echoes, Cascade can be sure which reload it started for which order (a reload that Cascade owes).
 *
 * If the ledger (Cascade's memory) does not say yet whether the tenant echoes, this asks Qlik for the record of a
 * reload that certainly is ours. If Qlik does not show that record yet, the action `reload` asks again after its next
 * start.
 *
 * @param reloadId - the reload that Qlik started for the order (answer 201).
 */
export async function learnEcho(
  { _id, tenant, try: tries }: OrderDocument,
  reloadId: ReloadId,
  work: OrderWork,
): Promise<void> {
  if (work.echoes !== undefined) return;
  const timeout = callTimeout(work);
  if (timeout === undefined) return;
  const answer = await work.qlik.getReload(reloadId, timeout);
  if (answer.kind !== 'found') return;
  await rememberEcho(tenant, answer.reload.resourceId === resourceIdOf(_id, tries), work);
}

/**
 * Stores in the tenant's document `gate:…` whether the tenant echoes. This is valid only while the tenant keeps its
 * address, so the address is stored, too.
 */
export async function rememberEcho(tenant: TenantName, echoes: boolean, work: OrderWork): Promise<void> {
  const at = work.addressOf(tenant);
  if (at !== undefined) await noteEcho(tenant, { echoes, at }, work.store, work.log);
}
