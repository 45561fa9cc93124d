import type { Doubt, OrderDocument } from '../../src/ledger/documents/order-document.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import type { LedgerResult } from './ledger-result.ts';
import type { Run } from './run-of.ts';
import { leave } from './settle.ts';

/**
 * Leaves an order in a doubt that nothing has settled yet: it is looked for again. Where that goes on for too long people
 * are told, since it may never end: Qlik may not show this credential what it would take.
 */
export async function leaveUnknown(
  order: OrderDocument,
  doubt: Doubt,
  message: string,
  run: Run,
): Promise<LedgerResult> {
  if (run.clock() >= beganAt(doubt) + run.times.longDoubt) await tellPeople(order, message, run);
  return leave(order, 'unknown', run, { doubt, reason: { code: 'QLIK_UNKNOWN', message } });
}

/** When the order last was in no doubt. */
export const beganAt = ({ since, first = since }: Doubt): Doubt['since'] => first;

const tellPeople = ({ _id, appId, tenant }: OrderDocument, why: string, run: Run): Promise<void> => {
  const { store, traceId, clock, log } = run;
  const message = `For an hour or longer nothing tells whether the reload of app ${appId} of tenant ${tenant} was started, so it is not started again: ${why}. May the credential see this app's reloads, and its own user? It is asked again until then.`;
  return raiseAlert(store, { kind: 'in-doubt', subject: _id, message, traceId, at: clock() }, log);
};
