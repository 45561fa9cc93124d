/*
 * The web action `chains` shows people at `chains/runs` which reloads ended. This file reads them from the ledger. An
 * event is the ledger's document of a reload that ended. An order is a reload that Cascade owed; the document `started`
 * of a reload says for which order the reload was started.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { causeFinder, causeIds } from '../../src/core/runs/order-causes.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { type EventDocument, readEvent } from '../../src/ledger/documents/event.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';
import type { RunEnd } from './run-rows.ts';

/** What reading ends needs of the store. */
type Reader = Pick<CouchPort, 'latest' | 'many'>;

/** The newest ends of the ledger. */
export interface RecentEnds {
  /** The newest first. */
  readonly events: readonly EventDocument[];
  /** Whether older ones were found, too. */
  readonly areMore: boolean;
}

/** The documents of one read, as many as a page may have rows (`LARGEST_LIMIT`). */
const PAGE = 1_000;
/** At most this many documents are read. Orders are among them, because an order has the time at which its reload ended. */
const MOST_DOCUMENTS = 10_000;

const BEGINNING = 0 as EpochMs;

/** A malformed document is left out without a message: `cascade runs --problems` names it. */
const QUIET = { error: () => {} };

/**
 * Reads the newest ends that `isWanted`, until there are `most` or 10,000 documents are read.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readRecentEnds(
  most: number,
  isWanted: (event: EventDocument) => boolean,
  store: Reader,
): Promise<RecentEnds> {
  const read: StoredDocument[] = [];
  const events = new Map<string, EventDocument>();
  for (;;) {
    const page = await store.latest('endedAt', { from: BEGINNING, before: read, limit: PAGE });
    read.push(...page);
    for (const document of page) {
      const event = document._id.startsWith('event:') ? readOrLog(document, readEvent, QUIET) : undefined;
      if (event !== undefined && isWanted(event)) events.set(event._id, event);
    }
    const isAtEnd = page.length < PAGE;
    if (isAtEnd || events.size > most || read.length >= MOST_DOCUMENTS) {
      return { events: [...events.values()].slice(0, most), areMore: events.size > most };
    }
  }
}

/**
 * Adds to each end its order and the end that called for the order, in at most three calls to CouchDB.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function withOrders(events: readonly EventDocument[], store: Reader): Promise<readonly RunEnd[]> {
  const started = await readAll(
    events.flatMap(({ tenant, reloadId, orderId }) => (orderId === undefined ? [startedId(tenant, reloadId)] : [])),
    readStarted,
    store,
  );
  const owned = events.map((event) => {
    const noted = started.get(startedId(event.tenant, event.reloadId));
    return { event, noted, orderId: event.orderId ?? noted?.order };
  });
  const orders = await readAll(
    owned.flatMap(({ orderId }) => orderId ?? []),
    readOrder,
    store,
  );
  const known = new Map(events.map((event) => [event._id, event]));
  const unread = [...orders.values()].flatMap(causeIds).filter((id) => !known.has(id));
  const causes = await readAll(unread, readEvent, store);
  const causeOf = causeFinder([...known.values(), ...causes.values()]);
  return owned.map(({ event, noted, orderId }): RunEnd => {
    const order = orders.get(orderId ?? '');
    if (order === undefined || !isOwn(order, event)) return { event };
    const cause = causeOf(order) as EventDocument | undefined;
    return {
      ...{ event, order },
      ...(noted?.try !== undefined && { startedTry: noted.try }),
      ...(cause !== undefined && { cause }),
    };
  });
}

/**
 * Whether the order is for this app. Anybody can send Qlik the id of one of our orders, with a reload of another app.
 */
const isOwn = (order: OrderDocument, { tenant, appId }: EventDocument): boolean =>
  order.tenant === tenant && order.appId === appId;

async function readAll<T>(
  ids: readonly string[],
  reader: (document: StoredDocument) => T,
  store: Reader,
): Promise<ReadonlyMap<string, T>> {
  const each = [...new Set(ids)];
  const documents = each.length === 0 ? [] : await store.many(each);
  return new Map(
    documents.flatMap((document, index) => {
      const one = readOrLog(document, reader, QUIET);
      return one === undefined ? [] : [[each[index] ?? '', one] as const];
    }),
  );
}
