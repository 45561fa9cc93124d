/*
 * `cascade rebuild` computes again what the ledger says of each app, from the ends of the app's reloads. This file
 * reads these ends. An event is the ledger's document of one end, and an order is a reload that Cascade owes. An event
 * is recorded once its end is part of its app's document.
 */

import { cappedStored } from '../../../src/core/cap-end.ts';
import { type CountedEnd, ticketOf } from '../../../src/core/desk/app-state.ts';
import { appStateId, startedId } from '../../../src/core/document-ids.ts';
import { judgeEnd } from '../../../src/core/end-meaning.ts';
import { groupBy } from '../../../src/core/group-by.ts';
import type { ReloadId } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { readAppState } from '../../../src/ledger/documents/app-state.ts';
import { type EventDocument, endOf, isRecorded, readEvent } from '../../../src/ledger/documents/event.ts';
import { type OrderDocument, readOrder } from '../../../src/ledger/documents/order.ts';
import { readStarted, type StartedDocument } from '../../../src/ledger/documents/started.ts';
import type { LedgerContext } from '../ledger-command.ts';
import { eachDocument, readable } from '../read-documents.ts';
import { inCountedOrder, type RecordedEnd } from './in-counted-order.ts';

/** The ends in the ledger. */
export interface LedgerEnds {
  /** By the id of an app's document: its ends, the one that was counted first before the others. */
  readonly byApp: ReadonlyMap<string, readonly CountedEnd[]>;
  /** The ids of all tickets of apps, also of malformed ones. */
  readonly tickets: ReadonlySet<string>;
  /** True if the ledger has more documents than were read. */
  readonly isCut: boolean;
}

const RELOAD_TICKETS = 'ticket:reload:';

/** At most this many documents of one type are read. An end takes a few hundred bytes of memory. */
const MOST = 1_000_000;

/**
 * Reads the ends that are part of their apps' documents, or should be. An end is left out if its event is not recorded
 * yet: the action `storer` will record it. It is taken all the same if its app has counted it already.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readEnds({ store, now }: Pick<LedgerContext, 'store' | 'now'>): Promise<LedgerEnds> {
  const orders = new Map<string, OrderDocument>();
  const isOrdersCut = await eachDocument(store, 'order:', MOST, (document) => {
    const order = readable(document, readOrder);
    // Only an order with `retry` or `timeout` (its policy) can make an end count in another way than Qlik reports it.
    if (order?.policy !== undefined) orders.set(order._id, order);
  });
  const started = new Map<string, StartedDocument>();
  const isStartedCut = await eachDocument(store, 'started:', MOST, (document) => {
    const one = readable(document, readStarted);
    if (one !== undefined && [one.order, ...one.also].some((id) => orders.has(id))) started.set(one._id, one);
  });
  const seen = new Map<string, readonly ReloadId[]>();
  const isAppsCut = await eachDocument(store, 'app:', MOST, (document) => {
    seen.set(document._id, readable(document, readAppState)?.seen ?? []);
  });
  const tickets = new Set<string>();
  const isTicketsCut = await eachDocument(store, RELOAD_TICKETS, MOST, ({ _id }) => tickets.add(_id));
  const ends: RecordedEnd[] = [];
  const isEventsCut = await eachDocument(store, 'event:', MOST, (document) => {
    const event = readable(document, readEvent);
    if (event === undefined || isElsewhere(event)) return;
    if (!isRecorded(event) && seen.get(appStateId(event))?.includes(event.reloadId) !== true) return;
    ends.push({
      end: countedEnd(event, orders, started, tickets, now()),
      recordedAt: event.recordedAt ?? event.resolvedAt ?? now(),
    });
  });
  const byApp = groupBy(ends, ({ end }) => appStateId(end));
  return {
    byApp: new Map([...byApp].map(([id, ofApp]) => [id, inCountedOrder(ofApp, seen.get(id) ?? [])])),
    tickets,
    isCut: isOrdersCut || isStartedCut || isAppsCut || isTicketsCut || isEventsCut,
  };
}

/** Whether an end is of another tenant than the one that has this name here. Then it is not about our apps. */
const isElsewhere = ({ skips = [] }: EventDocument): boolean => skips.some(({ reason }) => reason === 'other-tenant');

/**
 * The end as it counts, by its order: whether it failed, and whether another attempt follows. If a purge has removed
 * the order, what the action `resolver` wrote into the event counts. If the end has a ticket, it counted as a failure:
 * if Qlik does not give our ids back, Cascade may have learned only later which order started the reload.
 */
function countedEnd(
  event: EventDocument,
  orders: ReadonlyMap<string, OrderDocument>,
  started: ReadonlyMap<string, StartedDocument>,
  tickets: LedgerEnds['tickets'],
  now: EpochMs,
): CountedEnd {
  // The end was reported from outside. If its time is too far in the future, it gets a time that can be true.
  const end = cappedStored(endOf(event), event.storedAt, now);
  const noted = started.get(startedId(event.tenant, event.reloadId));
  const ids = [event.orderId ?? '', noted?.order ?? '', ...(noted?.also ?? [])];
  const owners = ids.flatMap((id) => orders.get(id) ?? []);
  const meaning = judgeEnd(event, owners, noted)?.meaning;
  const isSkipped = event.skips?.some(({ reason }) => reason === 'will-retry') === true;
  const isAttempt = meaning === undefined ? isSkipped : meaning.kind !== 'last';
  const { outcome, error = end.error } = meaning?.kind === 'last' ? meaning : end;
  return {
    ...end,
    outcome,
    ...(error !== undefined && { error }),
    willRetry: isAttempt && !tickets.has(ticketOf(event.tenant, event.reloadId)),
  };
}
