import { addMs } from '../../src/core/units.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import { countStart } from '../../src/ledger/count-start.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
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
 * If others count their orders at the same moment, the order waits a minute, and nobody is alerted.
 *
 * @returns undefined if the order may be posted.
 * @throws CascadeError as `countStart`.
 */
export async function guardRate({ order, oldDoubt }: Claim, run: Run): Promise<LedgerResult | undefined> {
  if (order.areHopsUnsure !== true) return undefined;
  const counted = await countStart(order, run);
  if (counted.kind === 'may-start') return undefined;
  if (counted.kind === 'crowded') {
    const until = addMs(run.clock(), run.times.planned);
    return leave(order, 'waiting', run, { doubt: oldDoubt, reason: CROWDED }, until);
  }
  const reason = { code: 'too-many-starts', message: messageOf(order, counted.starts, run) };
  await alertOf(order, reason.message, run);
  return leave(order, 'waiting', run, { doubt: oldDoubt, reason }, counted.until);
}

const CROWDED = {
  code: 'STORE_UNAVAILABLE',
  message: 'Other orders of this app wrote its `rate` document each time before this one could be counted',
};

const messageOf = ({ tenant, appId }: OrderDocument, starts: number, { maxStartsPerHour }: Run): string =>
  `Cascade started the app ${appId} of tenant ${tenant} ${starts} times in an hour, and nothing tells whether it is its own cause. Look at its chains, or raise MAX_STARTS_PER_HOUR (${maxStartsPerHour}).`;

const alertOf = ({ tenant, appId }: OrderDocument, message: string, { store, traceId, clock, log }: Run) =>
  raiseAlert(store, { kind: 'too-many-starts', subject: `${tenant}:${appId}`, message, traceId, at: clock() }, log);
