import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { GetAnswer } from '../../src/clients/qlik/qlik-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import { cappedEnd, cappedStored } from '../../src/core/cap-end.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { addMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { endOf, readEvent } from '../../src/ledger/documents/event.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { endOrder } from '../../src/ledger/end-order.ts';
import { moveAppStates } from '../../src/ledger/move-app-states.ts';
import { moveOrder } from '../../src/ledger/move-order.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import type { AskTenant } from './ask-tenant.ts';
import { type CollectorPorts, putOrTell, storeNow } from './collector-ports.ts';
import { createEvents } from './create-events.ts';
import { eventOfRecord } from './event-of-record.ts';
import { tellUnseen } from './list/tell-unseen.ts';

/**
 * Looks after an order whose reload was started and whose end nobody told in time: the event is there, Qlik tells the end,
 * it is looked at again later, or nobody can tell any more.
 *
 * @param known - the document of its reload's event, if there is one.
 * @returns the event, if it was created here.
 */
export async function settlePosted(
  order: OrderDocument,
  known: StoredDocument | undefined,
  ask: AskTenant,
  ports: CollectorPorts,
): Promise<readonly BatchEvent[]> {
  const event = readOrLog(known, readEvent, ports.log);
  if (event !== undefined) return recorded(order, cappedStored(endOf(event), event.storedAt, storeNow(ports)), ports);
  const { tenant, reloadId } = order;
  if (reloadId === undefined) return later(order, ports);
  const answer = await ask(tenant, (qlik, timeout) => qlik.getReload(reloadId, timeout));
  if (answer === undefined) return [];
  if (answer.kind === 'unavailable') return later(order, ports);
  if (answer.kind !== 'found') return untold(order, answer, ports);
  const told = eventOfRecord(tenant, answer.reload);
  if (told === undefined) return later(order, ports);
  // An event's document that somebody spoilt stays as it is; the order ends all the same.
  return known === undefined ? createEvents([told], ports) : recorded(order, cappedEnd(told, storeNow(ports)), ports);
}

type Untold = Extract<GetAnswer, { readonly kind: 'absent' | 'refused' }>;

/** Who should have recorded the end has not; so the app's last end may be missing, too. */
async function recorded(
  order: OrderDocument,
  event: ReloadFinished,
  ports: CollectorPorts,
): Promise<readonly BatchEvent[]> {
  await endOrder(event, ports, order._id);
  await moveAppStates([event], ports);
  return [];
}

/** Qlik may show a record late, and again: nobody will tell only once the reload is surely over. */
async function untold(order: OrderDocument, answer: Untold, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  const { tenant, appId, postedAt, createdAt } = order;
  if (answer.kind === 'refused') await tellUnseen(tenant, [{ appId, message: answer.message }], ports);
  const isOver = storeNow(ports) >= (postedAt ?? createdAt) + ports.times.longestReload;
  return isOver ? endUntold(order, ports) : later(order, ports);
}

/** Ends an order without an outcome; its followers, if any, were owed only by an event that there is not. */
async function endUntold(order: OrderDocument, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  const { store, times, traceId, log } = ports;
  const at = storeNow(ports);
  const message = `Qlik no longer tells of the reload ${order.reloadId}, and nobody told its end: look at the app, and whether its followers are owed (npx cascade why).`;
  // The alert first: who finds the order ended asks no more.
  await raiseAlert(store, { kind: 'end-unknown', subject: order._id, message, traceId, at }, log);
  const reason = { code: 'END_UNKNOWN', message };
  await putOrTell({ ...moveOrder('settling', order, 'ended', { at, times }, { reason }) }, ports);
  return [];
}

async function later(order: OrderDocument, ports: CollectorPorts): Promise<readonly BatchEvent[]> {
  // A conflict is somebody's newer word on it.
  await putOrTell({ ...order, dueAt: addMs(storeNow(ports), ports.times.postedPoll) }, ports);
  return [];
}
