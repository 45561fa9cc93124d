import type { Claim } from '../../src/ledger/claim-order.ts';
import { countStart } from '../../src/ledger/count-start.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import type { LedgerResult } from './ledger-result.ts';
import type { Run } from './run-of.ts';
import { leave } from './settle.ts';

/**
 * Holds an order back if nobody can count its hops and its app was started too often in the last hour: without it a run
 * that feeds itself would never end in a tenant that does not echo (ledger.md §9).
 *
 * Only our own starts are counted, by the ledger. So nobody depends on Qlik's list, which may fail for days.
 *
 * @returns undefined if the order may be posted.
 * @throws CascadeError as `countStart`.
 */
export async function guardRate({ order, oldDoubt }: Claim, run: Run): Promise<LedgerResult | undefined> {
  if (order.areHopsUnsure !== true) return undefined;
  const counted = await countStart(order, run);
  if (counted.kind === 'may-start') return undefined;
  const { tenant, appId } = order;
  const { maxStartsPerHour, store, traceId, clock, log } = run;
  const message = `Cascade started the app ${appId} of tenant ${tenant} ${counted.starts} times in an hour, and nothing tells whether it is its own cause. Look at its chains, or raise MAX_STARTS_PER_HOUR (${maxStartsPerHour}).`;
  const alert = { kind: 'too-many-starts', subject: `${tenant}:${appId}`, message, traceId, at: clock() } as const;
  await raiseAlert(store, alert, log);
  const reason = { code: 'too-many-starts', message };
  return leave(order, 'waiting', run, { doubt: oldDoubt, reason }, counted.until);
}
