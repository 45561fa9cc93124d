/*
 * The web action `chains` shows people at `chains/runs` which reloads ended. This file reads them from the ledger
 * (Cascade's memory, a database in CouchDB).
 *
 * An event is the ledger's document of a reload that ended. An order is a reload that Cascade owed because of an event.
 * The document `started` says for which order a reload was started.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { causeFinder, causeIds } from '../../src/core/runs/order-causes.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrLog, SILENT } from '../../src/ledger/bad-document.ts';
import { type EventDocument, readEvent } from '../../src/ledger/documents/event.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';
import type { RunEnd } from './run-rows.ts';

/** The reads of CouchDB that this file needs. */
type Reader = Pick<CouchPort, 'latest' | 'many'>;

/** The newest ends that were found. */
export interface RecentEnds {
  /** The newest first. */
  readonly events: readonly EventDocument[];
  /** Whether an older one was found, too. The answer then links to a next page. */
  readonly areMore: boolean;
}

/** How many documents one read asks for: as many as a page of the answer may have rows (`LARGEST_LIMIT`). */
const PAGE = 1_000;
/**
 * The most documents that are searched for events, so that an answer does not take too long. Orders are among them,
 * because they have an `endedAt`, too.
 */
const MOST_DOCUMENTS = 10_000;

const BEGINNING = 0 as EpochMs;

/**
 * Reads the newest `most` ends that `isWanted` accepts. The result has fewer if the newest 10,000 documents contain
 * fewer.
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
      const event = document._id.startsWith('event:') ? readOrLog(document, readEvent, SILENT) : undefined;
      if (event !== undefined && isWanted(event)) events.set(event._id, event);
    }
    const isAtEnd = page.length < PAGE;
    if (isAtEnd || events.size > most || read.length >= MOST_DOCUMENTS) {
      return { events: [...events.values()].slice(0, most), areMore: events.size > most };
    }
  }
}

/**
 * Adds to each end the order for which the reload was started, and the end that called for the order, as far as the
 * ledger still has them.
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
 * Whether the order is for the event's app. Anybody can start a reload of another app, and give Qlik the id of one of
 * our orders with it.
 */
const isOwn = (order: OrderDocument, { tenant, appId }: EventDocument): boolean =>
  order.tenant === tenant && order.appId === appId;

async function readAll<T>(
  ids: readonly string[],
  reader: (document: StoredDocument) => T,
  store: Reader,
): Promise<ReadonlyMap<string, T>> {
  const unique = [...new Set(ids)];
  const documents = unique.length === 0 ? [] : await store.many(unique);
  return new Map(
    documents.flatMap((document, index) => {
      const one = readOrLog(document, reader, SILENT);
      return one === undefined ? [] : [[unique[index] ?? '', one] as const];
    }),
  );
}
