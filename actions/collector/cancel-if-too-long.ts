import type { CancelAnswer } from '../../src/clients/qlik/qlik-port.ts';
import type { ReloadId } from '../../src/core/names.ts';
import { durationText } from '../../src/core/runs/time-words.ts';
import { addMs } from '../../src/core/units.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { timeLimit } from '../../src/ledger/move-order.ts';
import type { AskTenant } from './ask-tenant.ts';
import { alertPeople, type CollectorPorts, putOrLog } from './collector-ports.ts';

/** An order whose reload is in Qlik. */
type RunningOrder = OrderDocument & { readonly reloadId: ReloadId };

/**
 * Asks Qlik to cancel a reload that runs longer than the `timeout` in the chain file. The sweep (it runs every 5
 * minutes and takes up what was left undone) calls this for an order (a reload that Cascade owes) whose reload has not
 * ended.
 *
 * This first writes the mark `cancelRequestedAt` into the order. With the mark, a canceled reload counts as failed;
 * without it, a person canceled the reload. If it is not certain that the reload is the order's own, this does nothing.
 * If Qlik does not answer, a later sweep asks again, after two minutes or more. If Qlik is not asked, because no time
 * is left or the tenant is silent, the order becomes again what it was.
 *
 * @returns false if the reload may run on. True if it may not, even if Qlik was not asked.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function cancelIfTooLong(order: RunningOrder, ask: AskTenant, ports: CollectorPorts): Promise<boolean> {
  const { log, times } = ports;
  const { reloadId, cancelRequestedAt: marks } = order;
  const at = storeTime(ports);
  if (at < (timeLimit(order) ?? Number.POSITIVE_INFINITY)) return false;
  const marked = {
    ...order,
    cancelRequestedAt: { ...marks, [reloadId]: marks?.[reloadId] ?? at },
    dueAt: addMs(at, times.unresolved),
  };
  const written = await putOrLog(marked, ports);
  if (written.kind !== 'stored') return true;
  const answer = await ask(order.tenant, (qlik, timeout) => qlik.cancelReload(reloadId, timeout));
  if (answer === undefined) {
    log.warn('A reload ran longer than its timeout: a later sweep asks Qlik to cancel it, because this one could not', {
      ...{ order: order._id, reloadId },
    });
    await putOrLog({ ...order, _rev: written.rev }, ports);
    return true;
  }
  log.warn('A reload ran longer than its timeout: Qlik was asked to cancel it', {
    ...{ order: order._id, reloadId, answer: answer.kind },
    ...('message' in answer && { problem: answer.message }),
  });
  if (answer.kind === 'refused') await refused({ ...marked, _rev: written.rev }, order, answer, ports);
  return true;
}

/**
 * Raises an alert that Qlik refuses to cancel a reload, and removes the mark: if the reload is canceled after this, a
 * person did it. The mark of an earlier request stays, because Qlik may still obey that request. The sweep asks again
 * after 15 minutes.
 */
async function refused(
  { cancelRequestedAt: _, ...marked }: RunningOrder,
  { cancelRequestedAt: before }: OrderDocument,
  { message }: Extract<CancelAnswer, { kind: 'refused' }>,
  ports: CollectorPorts,
): Promise<void> {
  const { _id, appId, reloadId, policy } = marked;
  const counts =
    before?.[reloadId] === undefined
      ? 'canceled by a person, and is not started again'
      : 'failed, because an earlier request to cancel it got no clear answer';
  const text = `The app ${appId} runs longer than its timeout (${durationText(policy?.timeout ?? 0)}), and Qlik refuses to cancel its reload ${reloadId}: ${message}. May the credential cancel reloads? Cancel it in Qlik; it then counts as ${counts}.`;
  await alertPeople({ kind: 'cancel-refused', subject: _id, message: text }, ports);
  const dueAt = addMs(storeTime(ports), ports.times.postedPoll);
  await putOrLog({ ...marked, ...(before && { cancelRequestedAt: before }), dueAt }, ports);
}
