/*
 * Finds the order (a reload that Cascade owes) whose reload has just ended without success. The actions `resolver` and
 * `storer` must know it: if the order has another attempt, nothing else may follow the failure. Usually Qlik's record
 * of the reload or the reload's document `started` names the order. If neither does, this file looks for an order of
 * the app that names the reload, or that is just being started.
 */

import type { CouchPort, DuePage, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import type { OrderState } from '../core/order-state.ts';
import type { ReloadFinished } from '../core/reload-finished.ts';
import type { TimeConstants } from '../core/time-constants.ts';
import { addMs, type EpochMs } from '../core/units.ts';
import { readOrLog } from './bad-document.ts';
import { type OrderDocument, readOrder } from './documents/order.ts';
import type { LedgerLog } from './ledger-log.ts';

/** What `startingOrders` needs. */
export interface StartingPorts {
  readonly store: Pick<CouchPort, 'many' | 'due'>;
  readonly times: TimeConstants;
  /** The store's clock. */
  readonly now: EpochMs;
  readonly log: Pick<LedgerLog, 'error'>;
}

/** An order that has `retry` or `timeout`, and that may have started a reload which ended. */
export type Starting =
  /** The order says that the reload is its own. */
  | { readonly kind: 'own'; readonly order: OrderDocument }
  /** An order of the app is just being started, and does not know its reload yet. */
  | { readonly kind: 'perhaps' };

/** Qlik's type of a reload that was started by API. All reloads that Cascade starts have it. */
const BY_API = 'external';

/** The most whole documents of one read. Usually fewer are due, so one read is enough. */
const PAGE = 100;

/**
 * The most stubs of one read. A stub is only `_id`, `_rev`, `dueAt` and `state` of a document. 10,000 stubs have about
 * 2 MB, and one answer may have 4 MiB.
 */
const STUBS = 10_000;

/** The states of orders whose reload may have ended just now. */
const STARTING: readonly unknown[] = ['claimed', 'unknown', 'posted'] satisfies OrderState[];

/**
 * Makes a function that looks for the order of a reload that ended. It is for ends whose order neither Qlik nor the
 * document `started` names: the activation (one run of an action) that started the reload may not have written
 * `started` yet.
 *
 * Such an order is due within the hour. So the function reads the documents that are due until then: first a hundred
 * whole ones. If more are due and the order is not among these, it reads stubs of all, and then whole orders of the
 * app. Several ends share the reads of what is due. The app's past orders, of which there may be thousands, are not
 * read.
 *
 * @returns the function. It returns undefined if no order of the app with `retry` or `timeout` may have started the
 *   reload, if the end names its order, or if the reload was not started by Qlik's API. It throws CascadeError
 *   STORE_UNAVAILABLE, STORE_REFUSED.
 */
export function startingOrders(ports: StartingPorts): (event: ReloadFinished) => Promise<Starting | undefined> {
  const { store, times, now } = ports;
  const until = addMs(now, times.longDoubt);
  let first: Promise<DuePage> | undefined;
  let further: Promise<readonly string[]> | undefined;
  return async (event) => {
    const { tenant, appId, orderId, startedBy = BY_API } = event;
    if (orderId !== undefined || startedBy !== BY_API) return undefined;
    // Whether a link has `retry` does not matter here: a deployment may have removed the link or its `retry` since.
    const prefix = `order:${tenant}:${appId}:`;
    first ??= store.due({ from: 0 as EpochMs, until, limit: PAGE });
    const { documents, isFull } = await first;
    const found = startingAmong(
      documents.filter(({ _id }) => _id.startsWith(prefix)),
      event,
      ports,
    );
    if (found !== undefined || !isFull) return found;
    further ??= startingIds(store, until);
    const ids = (await further).filter((id) => id.startsWith(prefix));
    for (let at = 0; at < ids.length; at += PAGE) {
      const page = startingAmong(await store.many(ids.slice(at, at + PAGE)), event, ports);
      if (page !== undefined) return page;
    }
    return undefined;
  };
}

/**
 * The ids of the documents that are due at `until` or before, and that have one of the states `STARTING`.
 *
 * If the stubs do not fit into one page, all pages are read twice. While they are read, an order may move to an earlier
 * `dueAt`, into a page that was read already. The second reading finds this order. It would miss the order only if the
 * order moved like this twice within these few seconds. But between two such moves, Cascade waits for Qlik: for the
 * answer to a POST, or 60 s.
 */
async function startingIds(store: StartingPorts['store'], until: EpochMs): Promise<readonly string[]> {
  const { ids, pages } = await pagesOfStarting(store, until);
  return pages === 1 ? ids : [...new Set([...ids, ...(await pagesOfStarting(store, until)).ids])];
}

async function pagesOfStarting(
  store: StartingPorts['store'],
  until: EpochMs,
): Promise<{ readonly ids: readonly string[]; readonly pages: number }> {
  const ids: string[] = [];
  let from = 0 as EpochMs;
  for (let pages = 1; ; pages += 1) {
    const { documents, isFull } = await store.due({ from, until, limit: STUBS, isBrief: true });
    ids.push(...documents.filter(({ state }) => STARTING.includes(state)).map(({ _id }) => _id));
    if (!isFull) return { ids, pages };
    // The next page begins with the last time of this one, because more documents may have that time. If this page
    // began with that time, too, the next one begins later, so that the loop ends.
    const last = documents.at(-1)?.['dueAt'] as EpochMs;
    from = (last > from ? last : from + 1) as EpochMs;
  }
}

/**
 * Looks among these documents for an order that may have started the reload. An order without `retry` and `timeout`
 * does not matter: no other attempt follows its failure, and Cascade cancels no reload of it.
 */
function startingAmong(
  documents: readonly (StoredDocument | undefined)[],
  event: ReloadFinished,
  ports: StartingPorts,
): Starting | undefined {
  const orders = documents
    .map((document) => readOrLog(document, readOrder, ports.log))
    .filter((order) => order?.policy !== undefined);
  const order = orders.find((each) => each?.reloadId === event.reloadId || each?.ends.includes(event.reloadId));
  if (order !== undefined) return { kind: 'own', order };
  return orders.some((each) => each !== undefined && isBeingStarted(each, ports)) ? { kind: 'perhaps' } : undefined;
}

/**
 * Whether the order's POST is under way or in doubt (sent, and not clearly answered).
 *
 * A doubt counts for an hour after the last send. Then the sweep (it runs every 5 minutes) looks for the reload once
 * more, and people get an alert. From then on the order no longer holds back the ends of its app. An overdue order
 * still counts: the sweep has yet to look.
 */
function isBeingStarted({ state, doubt, dueAt }: OrderDocument, { times, now }: StartingPorts): boolean {
  if (state === 'claimed') return true;
  if (state !== 'unknown' || doubt === undefined) return false;
  return (dueAt ?? now) <= now || now < addMs(doubt.sentAt ?? doubt.since, times.longDoubt);
}
