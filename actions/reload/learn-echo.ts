import type { ReloadId, TenantName } from '../../src/core/names.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { noteEcho } from '../../src/ledger/gate.ts';
import { type Attempt, callTimeout } from './attempt.ts';

/**
 * Finds out whether the tenant gives our `resourceId` back, if the ledger does not know it yet: reads the record of a reload
 * that surely is ours. That is one request to Qlik. If it fails, the next start repeats it.
 *
 * @param reloadId - from Qlik's 201 to the order.
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

/** Stores whether the tenant gives our `resourceId` back, for its address in the settings. */
export async function rememberEcho(tenant: TenantName, echoes: boolean, attempt: Attempt): Promise<void> {
  const at = attempt.addressOf(tenant);
  if (at !== undefined) await noteEcho(tenant, { echoes, at }, attempt.store, attempt.log);
}
