/*
 * Ends an order (a reload that Cascade owes) after its reload in Qlik has ended, or makes it wait for its next attempt.
 * Otherwise a failed reload would not be tried again, for example. The action `storer` calls this for each end that it
 * records. The sweep (it runs every 5 minutes) calls it for orders that the storer missed.
 *
 * To which order does a reload belong? There are four ways to know, the surest first:
 *
 * - `echo`: Qlik's record of the reload names the order.
 * - `started`: the reload's document `started:…` in the ledger (Cascade's memory) names the order.
 * - `also`: that document lists the order among those that share the reload. Mostly these orders only guessed.
 * - `holder`: only the order itself says that this is its reload.
 */

import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { startedId } from '../core/document-ids.ts';
import { attemptOf, type EndMeaning, endMeaning, judgeEnd, withSharedMark } from '../core/end-meaning.ts';
import { appKey, type OrderId } from '../core/names.ts';
import { mayMove } from '../core/order-state.ts';
import { delayAfter } from '../core/policy.ts';
import type { ReloadFinished } from '../core/reload-finished.ts';
import type { TimeConstants } from '../core/time-constants.ts';
import { tooLongReason } from '../core/too-long.ts';
import { addMs, type EpochMs } from '../core/units.ts';
import { readOrLog, skipBadDocument } from './bad-document.ts';
import { type Change, changeDocument } from './change-document.ts';
import { type OrderDocument, readOrder } from './documents/order.ts';
import { readStarted, type StartedDocument } from './documents/started.ts';
import type { LedgerLog } from './ledger-log.ts';
import { type MoveTimes, moveOrder } from './move-order.ts';
import type { startingOrders } from './starting-orders.ts';

/** What `endOrder` needs. */
export interface EndPorts {
  readonly store: Pick<CouchPort, 'now' | 'get' | 'put' | 'many'>;
  readonly times: TimeConstants;
  readonly log: LedgerLog;
  /**
   * Finds the order of a reload that did not succeed, if nothing else names the order: see starting-orders.ts. The
   * sweep needs no such function, because it passes the order as `holder`.
   */
  readonly startingOf?: ReturnType<typeof startingOrders>;
}

/**
 * Stores that a reload ended, in each order to which the reload belongs. If the reload failed and the order has
 * attempts left, the order now waits for the next one. A second call with the same end changes nothing.
 *
 * If the document of an order is malformed, or CouchDB refuses it for good, this logs an error and goes on with the
 * other orders.
 *
 * @param holder - an order whose `reloadId` is this reload, if the caller knows one.
 * @returns the orders that this call changed, and what the end means.
 * @throws CascadeError STORE_UNAVAILABLE: the sweep ends the order later; STORE_REFUSED.
 */
export async function endOrder(event: ReloadFinished, ports: EndPorts, holder?: OrderId): Promise<EndedOrders> {
  const ended: OrderId[] = [];
  const { owners, started } = await ownersOf(event, ports, holder);
  // If several orders share the reload, all are looked at before one is judged: one of them may say that Cascade
  // canceled the reload because it ran too long, and then the reload failed for the others, too.
  const sharers = owners.length < 2 ? [] : owners;
  const readFirst = sharers.flatMap(({ document }) => readOrLog(document, readOrder, ports.log) ?? []);
  // By id: each order as it was read last. A conflict makes `endOne` read an order again.
  const orders = new Map(readFirst.map((order) => [order._id, order]));
  for (const owner of owners) {
    const noteAndMark = (order: OrderDocument): OrderDocument => {
      orders.set(order._id, order);
      return withSharedMark(order, [...orders.values()].filter(isOfApp(event)), event);
    };
    if (await skipBadDocument(() => endOne(owner, event, ports, noteAndMark), ports.log)) {
      ended.push(owner.document._id as OrderId);
    }
  }
  const judged = judgeEnd(event, [...orders.values()], started);
  return { ended, ...(judged !== undefined && { meaning: judged.meaning }) };
}

/** What became of the orders of a reload that ended. */
export interface EndedOrders {
  /** The orders that this call changed: ended, or made to wait for their next attempt. */
  readonly ended: readonly OrderId[];
  /**
   * What the end means for the order that Qlik's record (`echo`) or `started` names, or else for the order that
   * `startingOf` found. Absent if there is no such order.
   */
  readonly meaning?: EndMeaning;
}

/** An order to which the reload may belong, and how we know. */
interface Owner {
  readonly document: StoredDocument;
  readonly by: 'echo' | 'started' | 'also' | 'holder';
  /** Which attempt of the order the reload was, by `started`; undefined if `started` does not say it of this order. */
  readonly startedTry: number | undefined;
}

/**
 * Finds all orders to which the reload may belong. The order that Qlik's record names comes first. In the result,
 * `started` is what the reload's document `started` says. If there is no such document, or it is malformed, `started`
 * names the order that `startingOf` found.
 */
async function ownersOf(
  event: ReloadFinished,
  { store, log, startingOf }: EndPorts,
  named: OrderId | undefined,
): Promise<{
  readonly owners: readonly Owner[];
  readonly started: Pick<StartedDocument, 'order' | 'try'> | undefined;
}> {
  const { tenant, reloadId, orderId, outcome } = event;
  const [found, echoed] = await store.many([startedId(tenant, reloadId), ...(orderId === undefined ? [] : [orderId])]);
  // If `started` is malformed, nobody knows its orders here. They stay due, so the sweep ends them.
  const started = readOrLog(found, readStarted, log);
  // No other attempt follows a success, whichever order it is of. So nobody looks for that order here.
  const isUnnamed = named === undefined && started === undefined && echoed === undefined && outcome !== 'succeeded';
  const starting = isUnnamed ? await startingOf?.(event) : undefined;
  const own = starting?.kind === 'own' ? starting.order._id : undefined;
  const holder = own ?? named;
  // By order id: how we know the order. If there are several ways, the surest counts.
  const ways: Record<string, Owner['by']> = started === undefined ? {} : { [started.order]: 'started' };
  for (const id of started?.also ?? []) ways[id] ??= 'also';
  if (holder !== undefined) ways[holder] ??= 'holder';
  if (echoed !== undefined) delete ways[echoed._id];
  const documents = await store.many(Object.keys(ways));
  const ownerOf = (document: StoredDocument, by: Owner['by']): Owner => ({
    document,
    by,
    startedTry: started?.order === document._id ? started.try : undefined,
  });
  const owners = Object.values(ways).flatMap((by, index): readonly Owner[] => {
    const document = documents[index];
    return document === undefined ? [] : [ownerOf(document, by)];
  });
  return {
    owners: echoed === undefined ? owners : [ownerOf(echoed, 'echo'), ...owners],
    started: started ?? (own === undefined ? undefined : { order: own }),
  };
}

/**
 * Ends one order, or makes it wait for its next attempt. It does neither if the reload is not that of the order's
 * present attempt, or if nobody knows yet which attempt it was.
 *
 * @param noteAndMark - gets the order each time it is read, and returns it. If another order that shares the reload
 *   says that Cascade canceled the reload, the returned order says so, too.
 * @returns whether the order has changed; undefined if each of 20 writes met a conflict.
 */
function endOne(
  owner: Owner,
  event: ReloadFinished,
  { store, times }: EndPorts,
  noteAndMark: (order: OrderDocument) => OrderDocument,
): Promise<boolean | undefined> {
  const decide = (found: StoredDocument | undefined): Change<boolean> => {
    if (found === undefined) return UNCHANGED;
    const order = noteAndMark(readOrder(found));
    if (!isEndedBy(order, event, owner)) return UNCHANGED;
    const meaning = endMeaning(order, event, owner.startedTry);
    const at = store.now() ?? event.endedAt;
    switch (meaning.kind) {
      case 'unknown-attempt':
        return UNCHANGED;
      case 'will-retry':
        return { result: true, write: nextAttempt(order, event, meaning.attempt, at, times) };
      case 'last':
        return { result: true, write: endedOrder(order, event, owner.by, { at, times }) };
      default:
        return meaning satisfies never;
    }
  };
  return changeDocument(owner.document._id, store, decide, owner.document);
}

const UNCHANGED: Change<boolean> = { result: false };

/**
 * Whether the reload is that of the order's present attempt, for an order that may end. This is true in three cases:
 *
 * - The order itself names the reload.
 * - The order has no reload yet, and `echo` or `started` names the order. The end came before the order's start was
 *   stored.
 * - The order has only guessed another reload, and Qlik's record of this reload names the order.
 *
 * If the order certainly has another reload, two reloads were started. Then the order waits for the end of its own one.
 */
function isEndedBy(order: OrderDocument, event: ReloadFinished, { by, startedTry }: Owner): boolean {
  if (!isOfApp(event)(order) || order.ends.includes(event.reloadId)) return false;
  if (!mayMove('settling', order.state, 'ended')) return false;
  if (order.reloadId === event.reloadId) return true;
  if (by === 'also' || by === 'holder') return false;
  const isOfPresentTry = (attemptOf(order, event, startedTry) ?? order.try) === order.try;
  return isOfPresentTry && (order.reloadId === undefined || (by === 'echo' && order.isCertain !== true));
}

const isOfApp =
  (event: ReloadFinished) =>
  (order: OrderDocument): boolean =>
    appKey(order) === appKey(event);

/** The order as it waits for its next attempt. The list `ends` keeps the id of the reload that ended. */
function nextAttempt(
  order: OrderDocument,
  event: ReloadFinished,
  attempt: number,
  at: EpochMs,
  times: TimeConstants,
): OrderDocument {
  const { retry } = order.policy ?? {};
  if (retry === undefined) throw new Error(`No further attempt is asked for: ${order._id}`);
  const what = `Attempt ${attempt} of ${retry.attempts + 1} ${isTimedOut(order, event) ? 'ran too long' : 'failed'}`;
  return moveOrder(
    'settling',
    order,
    'waiting',
    { at, times, until: addMs(at, delayAfter(attempt, retry)) },
    {
      try: attempt + 1,
      ends: [...order.ends, event.reloadId],
      reason: { code: 'RETRY', message: what },
      ...{ reloadId: undefined, isCertain: undefined, postedAt: undefined, doubt: undefined },
    },
  );
}

/** Whether Cascade canceled the reload because it ran too long. */
const isTimedOut = (order: OrderDocument, { outcome, reloadId }: ReloadFinished): boolean =>
  outcome === 'canceled' && order.cancelRequestedAt?.[reloadId] !== undefined;

/** The order after its last attempt. */
const endedOrder = (order: OrderDocument, event: ReloadFinished, by: Owner['by'], when: MoveTimes): OrderDocument =>
  moveOrder('settling', order, 'ended', when, {
    outcome: event.outcome,
    endedAt: event.endedAt,
    ends: [...order.ends, event.reloadId],
    reloadId: event.reloadId,
    isCertain: by === 'echo' || order.isCertain === true,
    doubt: undefined,
    ...(isTimedOut(order, event) && { reason: tooLongReason(order.policy) }),
  });
