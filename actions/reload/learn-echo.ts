import type { ReloadId, TenantName } from '../../src/core/names.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { noteEcho } from '../../src/ledger/gate.ts';
import { type Attempt, callTimeout } from './attempt.ts';

/**
 * Finds out whether the tenant gives our `resourceId` back, if nobody knows it yet: the record of a reload that a 201
 * made ours tells it. One question to Qlik, and none once it is known; if Qlik does not tell, the next start asks again.
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

/** Remembers what a record of the tenant showed, for where the tenant is now. */
export async function rememberEcho(tenant: TenantName, echoes: boolean, attempt: Attempt): Promise<void> {
  const at = attempt.addressOf(tenant);
  if (at !== undefined) await noteEcho(tenant, { echoes, at }, attempt.store, attempt.log);
}
