import type { ReloadId, TenantName } from '../../src/core/names.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { noteEcho } from '../../src/ledger/gate.ts';
import { type Attempt, callTimeout } from './attempt.ts';

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
  attempt: Attempt,
): Promise<void> {
  if (attempt.echoes !== undefined) return;
  const timeout = callTimeout(attempt);
  if (timeout === undefined) return;
  const answer = await attempt.qlik.getReload(reloadId, timeout);
  if (answer.kind !== 'found') return;
  await rememberEcho(tenant, answer.reload.resourceId === resourceIdOf(_id, tries), attempt);
}

/**
 * Stores in the tenant's document `gate:…` whether the tenant echoes. This is valid only while the tenant keeps its
 * address, so the address is stored, too.
 */
export async function rememberEcho(tenant: TenantName, echoes: boolean, attempt: Attempt): Promise<void> {
  const at = attempt.addressOf(tenant);
  if (at !== undefined) await noteEcho(tenant, { echoes, at }, attempt.store, attempt.log);
}
