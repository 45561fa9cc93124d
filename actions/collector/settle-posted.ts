/*
 * An order (a reload that Cascade owes) is posted while its reload runs in Qlik. Usually a webhook reports the reload's
 * end, and Cascade stores the end as an event. If no webhook has come after 15 minutes, or after the order's `timeout`,
 * the order is due: the sweep, which runs every 5 minutes, looks after it here.
 */

import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import { cappedEnd, cappedStored } from '../../src/core/cap-end.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { endOf, readEvent } from '../../src/ledger/documents/event.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { endOrder } from '../../src/ledger/end-order.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { dueAtOf, moveOrder } from '../../src/ledger/move-order.ts';
import type { AskTenant } from './ask-tenant.ts';
import { cancelIfTooLong } from './cancel-if-too-long.ts';
import { alertPeople, type CollectorPorts, putOrLog } from './collector-ports.ts';
import { createEvents } from './create-events.ts';
import { eventOfRecord } from './event-of-record.ts';
import { alertUnseen } from './list/alert-unseen.ts';

/**
 * Looks after a posted order that is due: its reload was started, and Cascade has not counted the reload's end.
 *
 * - The ledger has the event of the end: the order ends, or waits for its next attempt.
 * - The ledger has no event, but Qlik shows the end: this creates the event. The order ends once the event is recorded.
 * - The reload still runs. If it runs too long, Qlik is asked to cancel it; otherwise the order is postponed.
 * - Qlik does not show the reload, or gives no answer: the order is postponed. If Qlik refuses to show it, people get
 *   an alert at once. But a reload that was started more than
 *   9.5 hours ago and that Qlik does not show is over: the order ends without an outcome, and people get an alert.
 * - There is no time to ask Qlik, or the tenant is silent: the order stays due.
 *
 * @param known - the stored events of posted orders, by id.
 * @returns the event of the end, if this call created it.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function settlePosted(
  order: OrderDocument,
  known: ReadonlyMap<string, StoredDocument>,
  ask: AskTenant,
  ports: CollectorPorts,
): Promise<readonly BatchEvent[]> {
  const { tenant, appId, reloadId, postedAt, createdAt } = order;
  if (reloadId === undefined) return postponed(order, ports);
  const stored = known.get(eventId(tenant, reloadId));
  const event = readOrLog(stored, readEvent, ports.log);
  if (event !== undefined) return endedBy(order, cappedStored(endOf(event), event.storedAt, storeTime(ports)), ports);
  const answer = await ask(tenant, (qlik, timeout) => qlik.getReload(reloadId, timeout));
  if (answer === undefined) return [];
  if (answer.kind === 'unavailable') return postponed(order, ports);
  if (answer.kind === 'found') {
    const end = eventOfRecord(tenant, answer.reload);
    if (end === undefined) {
      return (await cancelIfTooLong({ ...order, reloadId }, ask, ports)) ? [] : postponed(order, ports);
    }
    // A malformed event of the end stays in the ledger as it is. The order ends all the same.
    return stored === undefined ? createEvents([end], ports) : endedBy(order, cappedEnd(end, storeTime(ports)), ports);
  }
  if (answer.kind === 'refused') await alertUnseen(tenant, [{ appId, message: answer.message }], ports);
  // Qlik may show the record later. So the order ends only after the longest possible reload (9.5 h).
  const isOver = storeTime(ports) >= (postedAt ?? createdAt) + ports.times.longestReload;
  return isOver ? endedUnknown(order, ports) : postponed(order, ports);
}

/** Ends the order by the end of its reload, or makes it wait for its next attempt. */
async function endedBy(order: OrderDocument, event: ReloadFinished, ports: CollectorPorts): Promise<readonly []> {
  await endOrder(event, ports, order._id);
  return [];
}

/** Ends an order without an outcome. Nothing follows, because nobody knows how the reload ended. */
async function endedUnknown(order: OrderDocument, ports: CollectorPorts): Promise<readonly []> {
  const message = `Qlik no longer shows the reload ${order.reloadId}, and no webhook brought its end: look at the app, and whether its followers are owed (npx cascade why).`;
  // The alert comes first. If the sweep died before the alert, nobody would look at an ended order again.
  await alertPeople({ kind: 'end-unknown', subject: order._id, message }, ports);
  const when = { at: storeTime(ports), times: ports.times };
  await putOrLog(
    { ...moveOrder('settling', order, 'ended', when, { reason: { code: 'END_UNKNOWN', message } }) },
    ports,
  );
  return [];
}

async function postponed(order: OrderDocument, ports: CollectorPorts): Promise<readonly []> {
  await putOrLog({ ...order, dueAt: dueAtOf(order, { at: storeTime(ports), times: ports.times }) }, ports);
  return [];
}
