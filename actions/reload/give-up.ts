import type { Claim } from '../../src/ledger/claim-order.ts';
import type { LedgerResult } from './ledger-result.ts';
import type { Run } from './run-of.ts';
import { leave, type Reason } from './settle.ts';
import { tellPeople } from './tell-people.ts';

/**
 * Ends an order that cannot be started, or of which nobody can find out any more whether it was, with an alert.
 *
 * @param what - of the app, for people: what has become of it.
 */
export async function giveUp(
  { order, oldDoubt }: Claim,
  what: 'is not reloaded' | 'may not have been reloaded',
  reason: Reason,
  run: Run,
): Promise<LedgerResult> {
  const { _id, appId, tenant } = order;
  await tellPeople('gave-up', _id, `The app ${appId} of tenant ${tenant} ${what}: ${reason.message}`, run);
  return leave(order, 'gave-up', run, { doubt: oldDoubt, reason });
}
