import type { ReloadId } from '../../src/core/names.ts';
import { resourceIdOf } from '../../src/core/order.ts';
import type { OrderDocument } from '../../src/ledger/documents/order-document.ts';
import { noteEcho } from '../../src/ledger/note-echo.ts';
import { callTimeout, type Run } from './run-of.ts';

/**
 * Finds out whether the tenant gives our `resourceId` back, where nobody knows it yet: the record of a reload that a 201
 * made ours tells it. One question to Qlik, and none once it is known; where Qlik does not tell, the next start asks again.
 */
export async function learnEcho(
  { _id, tenant, try: tries }: OrderDocument,
  reloadId: ReloadId,
  run: Run,
): Promise<void> {
  if (run.echoes !== undefined) return;
  const timeout = callTimeout(run);
  if (timeout === undefined) return;
  const answer = await run.qlik.getReload(reloadId, timeout);
  if (answer.kind !== 'found') return;
  await noteEcho(tenant, answer.reload.resourceId === resourceIdOf(_id, tries), run.store, run.log);
}
