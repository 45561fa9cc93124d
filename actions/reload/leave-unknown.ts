import { addMs, type EpochMs } from '../../src/core/units.ts';
import type { Doubt, OrderDocument } from '../../src/ledger/documents/order.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import type { LedgerResult } from './ledger-result.ts';
import type { Run } from './run-of.ts';
import { leave } from './settle.ts';

/**
 * Leaves an order in a doubt that nothing has settled yet: it is looked for again. Where that goes on for too long people
 * are told, since it may never end: Qlik may not show this credential what it would take. Then it is looked for once an hour.
 */
export async function leaveUnknown(
  order: OrderDocument,
  doubt: Doubt,
  message: string,
  run: Run,
): Promise<LedgerResult> {
  const why = `nothing tells whether its reload was started: ${message}`;
  const isTold = await tellStuck(order, beganAt(doubt), why, run);
  const until = isTold ? addMs(run.clock(), run.times.longDoubt) : undefined;
  return leave(order, 'unknown', run, { doubt, reason: { code: 'QLIK_UNKNOWN', message } }, until);
}

/** When the order last was in no doubt. */
export const beganAt = ({ since, first = since }: Doubt): EpochMs => first;

/**
 * Tells people of an order that Qlik's silence has kept from being started for an hour.
 *
 * @param why - with or without its full stop: Qlik's own words may end with one.
 * @returns whether it has been an hour.
 */
export async function tellStuck(order: OrderDocument, since: EpochMs, why: string, run: Run): Promise<boolean> {
  const { store, times, traceId, clock, log } = run;
  const at = clock();
  if (at < addMs(since, times.longDoubt)) return false;
  const message = `For an hour or longer the app ${order.appId} of tenant ${order.tenant} is not started: ${why.replace(/\.+$/, '')}. May the credential see this app's reloads, and its own user? Qlik is asked again until then.`;
  await raiseAlert(store, { kind: 'in-doubt', subject: order._id, message, traceId, at }, log);
  return true;
}
