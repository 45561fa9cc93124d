/*
 * An action may die in the middle of its work. So a document of the ledger (Cascade's memory) that still needs work has
 * a `dueAt`. From this instant on the document is due. The sweep, which runs every 5 minutes, takes up here what is
 * due.
 *
 * An event is a reload that ended. It is resolved once the orders that follow are stored. It is recorded once it is
 * counted in its app's document. An order is a reload that Cascade owes. A hint is something that Cascade heard, and
 * that it must check by asking Qlik. A ticket shows people an app that fails, or a question of a Stack Exchange site.
 */

import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { appOfStateId, eventId } from '../../src/core/document-ids.ts';
import { isReloadTicket } from '../../src/core/tickets/ticket.ts';
import { addMs } from '../../src/core/units.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { skipBadDocument } from '../../src/ledger/bad-document.ts';
import { readDebtor } from '../../src/ledger/debtor.ts';
import { batchEventOf, believedEvent, endOf, readEvent } from '../../src/ledger/documents/event.ts';
import { type HintDocument, readHint } from '../../src/ledger/documents/hint.ts';
import { readJoin } from '../../src/ledger/documents/join.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { readAnyTicket } from '../../src/ledger/documents/question.ts';
import type { TicketDocument } from '../../src/ledger/documents/ticket.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { askTenants } from './ask-tenant.ts';
import type { BatchRoom } from './batch-room.ts';
import { type CollectorPorts, lastCall } from './collector-ports.ts';
import { dueDocuments } from './due-documents.ts';
import { giveSlots, isAtGate } from './give-slots.ts';
import { settleHint } from './settle-hint.ts';
import { settleJoin } from './settle-join.ts';
import { settlePosted } from './settle-posted.ts';
import { documentsById } from './store-parts.ts';
import type { SweptTenants } from './swept-tenants.ts';

/** A due document that is settled by asking Qlik. */
type Question = HintDocument | OrderDocument;

/**
 * Takes up what is due, the longest due first:
 *
 * - Events that are not resolved or not recorded, documents that owe people notices (messages), and orders for the
 *   action `reload` go into the batch for the next steps.
 * - Hints, and orders whose reload runs in Qlik (they are posted), are settled here, by asking Qlik.
 * - The documents of composite links, which wait for several apps, are settled here: their missing orders are created.
 * - Orders that wait for their tenant's rate limit get slots. A slot is the instant at which one order may start.
 *
 * If a tenant gives no answer, the item is postponed. After two such items this does not ask the tenant again, so that
 * others are not held up. What is not reached stays due. If a tenant has moved to another address, its items stay due,
 * too. If a tenant is not in the settings, its events and the notices about its apps are taken up as long as the chains
 * have the tenant. Its other items stay due.
 *
 * @param room - gets the events, orders, slots and documents that owe notices.
 * @returns the tickets that wait for a log (add-logs.ts). All other work comes before them.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function workDue(
  room: BatchRoom,
  tenants: SweptTenants,
  ports: CollectorPorts,
): Promise<readonly TicketDocument[]> {
  const questions: Question[] = [];
  const tickets: TicketDocument[] = [];
  const waiting: OrderDocument[] = [];
  const now = storeTime(ports);
  // Orders that wait for a rate limit get their slots before they are due. So this reads 5 minutes ahead. All other
  // documents are taken up only if they are due now.
  for await (const document of dueDocuments(addMs(now, ports.times.slotsAhead), ports)) {
    const isDue = Number(document['dueAt']) <= now;
    if (isAtGate(document)) await skipBadDocument(() => takeToGate(document, waiting, tenants), ports.log);
    else if (isDue)
      await skipBadDocument(() => takeUp(document, { room, questions, tickets }, tenants, ports), ports.log);
    if (room.events.isFull() && room.orders.isFull()) break;
  }
  await giveSlots(waiting, now, room.slots, ports);
  await settleAll(questions, room, tenants, ports);
  return tickets;
}

/** Adds an order that waits for its tenant's rate limit to `waiting`. */
async function takeToGate(document: StoredDocument, waiting: OrderDocument[], tenants: SweptTenants): Promise<void> {
  const order = readOrder(document);
  if (await tenants.mayWork(order.tenant)) waiting.push(order);
}

/** Where due documents go. */
interface TakenUp {
  readonly room: BatchRoom;
  readonly questions: Question[];
  readonly tickets: TicketDocument[];
}

/**
 * Puts a due document into the batch, the questions or the tickets. The document of a composite link is settled at
 * once.
 */
async function takeUp(
  document: StoredDocument,
  { room: { events, orders, unrecorded, owing, asked }, questions, tickets }: TakenUp,
  tenants: SweptTenants,
  ports: CollectorPorts,
): Promise<void> {
  switch (document['type']) {
    case 'event': {
      const event = readEvent(document);
      // If a tenant belongs to another deployment, our chains must not decide what follows its ends.
      if (!(await tenants.mayFollow(event.tenant))) return;
      if (event.resolvedAt === undefined) events.add(believedEvent(batchEventOf(event), storeTime(ports)));
      else if (event.recordedAt === undefined) unrecorded.add(endOf(event));
      return;
    }
    case 'hint': {
      const hint = readHint(document);
      if (hint.settledAt === undefined && (await tenants.mayAsk(hint.tenant))) questions.push(hint);
      return;
    }
    case 'order': {
      const order = readOrder(document);
      if (order.state !== 'posted') {
        if (await tenants.mayWork(order.tenant)) orders.add(order._id);
      } else if (await tenants.mayAsk(order.tenant)) questions.push(order);
      return;
    }
    case 'join': {
      const join = readJoin(document);
      if (await tenants.mayWork(join.tenant)) await settleJoin(join, orders, ports);
      return;
    }
    case 'app': {
      const { id } = readDebtor(document);
      if (await tenants.mayFollow(appOfStateId(id).tenant)) owing.add(id);
      return;
    }
    case 'ticket': {
      const ticket = readAnyTicket(document);
      if (!isReloadTicket(ticket)) asked.add(ticket._id);
      else if (await tenants.mayWork(ticket.tenant)) tickets.push(ticket);
      return;
    }
    case 'alert':
      owing.add(readDebtor(document).id);
      return;
    default:
      ports.log.warn('Something is due that this version does not know', { document: document._id });
  }
}

/** The most questions to Qlik at the same time. Waiting for one answer after another would take most of the time. */
const AT_ONCE = 4;

/** Settles hints and posted orders, a few at a time, until the time for questions to Qlik is over. */
async function settleAll(
  questions: Question[],
  { events }: BatchRoom,
  tenants: SweptTenants,
  ports: CollectorPorts,
): Promise<void> {
  const ask = askTenants(ports);
  const ends = questions.flatMap((question) =>
    question.type === 'order' && question.reloadId !== undefined ? eventId(question.tenant, question.reloadId) : [],
  );
  const known = await documentsById(ends, ports.store);
  const settle = (question: Question) =>
    question.type === 'hint'
      ? settleHint(question, tenants.bound(question.tenant), ask, ports)
      : settlePosted(question, known, ask, ports);
  const until = lastCall(ports);
  while (questions.length > 0 && ports.now() < until) {
    const part = questions.splice(0, AT_ONCE).map((question) => skipBadDocument(() => settle(question), ports.log));
    for (const event of (await whenAllSettled(part)).flatMap((created) => created ?? [])) events.add(event);
  }
}
