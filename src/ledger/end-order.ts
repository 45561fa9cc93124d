/*
 * An order is a reload that Cascade owes. This file is its last step: Qlik's reload for it has ended, so the order ends, or
 * waits for its next attempt. The storer does this for each end that Cascade hears of. The sweep does it for orders that
 * the storer missed.
 *
 * To which order does a reload belong? There are four ways to know, the surest first:
 *
 * - `echo`: Qlik's record of the reload names the order.
 * - `started`: the reload's document `started:…` in the ledger names the order.
 * - `also`: that document lists the order among those that share the reload. These orders only guessed.
 * - `holder`: only the order itself says that this is its reload.
 */

import type { CouchPort, StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { startedId } from '../core/document-ids.ts';
import { attemptOf, type EndMeaning, endMeaning } from '../core/end-meaning.ts';
import type { OrderId } from '../core/names.ts';
import { mayMove } from '../core/order-state.ts';
import { delayAfter } from '../core/policy.ts';
import type { Reason, ReloadFinished } from '../core/reload-finished.ts';
import type { TimeConstants } from '../core/time-constants.ts';
import { addMs, type EpochMs } from '../core/units.ts';
import { readOrLog, skipBadDocument } from './bad-document.ts';
import { type Change, changeDocument } from './change-document.ts';
import { type OrderDocument, readOrder } from './documents/order.ts';
import { readStarted } from './documents/started.ts';
import type { LedgerLog } from './ledger-log.ts';
import { type MoveTimes, moveOrder } from './move-order.ts';

/** What `endOrder` needs. */
export interface EndPorts {
  readonly store: Pick<CouchPort, 'now' | 'get' | 'put' | 'many'>;
  readonly times: TimeConstants;
  readonly log: LedgerLog;
}

/**
 * Stores that a reload ended, in each order to which the reload belongs. A second call changes nothing.
 *
 * If the document of an order is bad, this logs an error and goes on with the other orders.
 *
 * @param holder - an order whose `reloadId` is this reload.
 * @returns the orders that this call changed, and what the end means.
 * @throws CascadeError STORE_UNAVAILABLE: the sweep ends the order later; STORE_REFUSED.
 */
export async function endOrder(event: ReloadFinished, ports: EndPorts, holder?: OrderId): Promise<EndedOrders> {
  const ended: OrderId[] = [];
  const owners = await ownersOf(event, ports, holder);
  const marks = cancelMarks(owners, event, ports);
  let meaning: EndMeaning | undefined;
  for (const owner of owners) {
    const noteMeaning = (order: OrderDocument): void => {
      // An order that guessed does not surely know which of its attempts the reload was.
      if (owner.by === 'also' || owner.by === 'holder' || !isAbout(order, event)) return;
      meaning = endMeaning(order, event, owner.startedTry);
    };
    if (await skipBadDocument(() => endOne(owner, event, marks, ports, noteMeaning), ports.log)) {
      ended.push(owner.document._id as OrderId);
    }
  }
  return { ended, ...(meaning !== undefined && { meaning }) };
}

/** What became of the orders of a reload that ended. */
export interface EndedOrders {
  /** The orders that this call changed. */
  readonly ended: readonly OrderId[];
  /** What the end means for the order that Qlik echoes or `started` names; absent if no order started the reload. */
  readonly meaning?: EndMeaning;
}

/** By reload id: when Cascade asked Qlik to cancel a reload that ran too long. */
type CancelMarks = NonNullable<OrderDocument['cancelRequestedAt']>;

/**
 * The mark to give to all orders of a reload that Cascade canceled. Cascade wrote the mark into one of them before it asked
 * Qlik to cancel. Without the mark, the others would take the end for the act of a person and not for a failure.
 */
function cancelMarks(owners: readonly Owner[], event: ReloadFinished, { log }: EndPorts): CancelMarks {
  if (event.outcome !== 'canceled' || owners.length < 2) return {};
  const orders = owners.map(({ document }) => readOrLog(document, readOrder, log));
  const mark = orders.flatMap((order) => order?.cancelRequestedAt?.[event.reloadId] ?? [])[0];
  return mark === undefined ? {} : { [event.reloadId]: mark };
}

/** An order to which the reload may belong, and how we know. */
interface Owner {
  readonly document: StoredDocument;
  readonly by: 'echo' | 'started' | 'also' | 'holder';
  /** Which attempt of the order the reload was, by `started`; undefined if `started` does not say it of this order. */
  readonly startedTry: number | undefined;
}

/** All orders to which the reload may belong. The one that Qlik echoes comes first. */
async function ownersOf(
  { tenant, reloadId, orderId }: ReloadFinished,
  { store, log }: EndPorts,
  holder: OrderId | undefined,
): Promise<readonly Owner[]> {
  const [found, echoed] = await store.many([startedId(tenant, reloadId), ...(orderId === undefined ? [] : [orderId])]);
  // If `started` is malformed, nobody knows its orders here. They stay due, so the sweep ends them.
  const started = readOrLog(found, readStarted, log);
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
  return echoed === undefined ? owners : [ownerOf(echoed, 'echo'), ...owners];
}

/**
 * Ends one order, or makes it wait for its next attempt. It does neither if the reload is not that of the order's present
 * attempt, or if nobody knows yet which attempt it was.
 *
 * @param onRead - gets the order each time it is read. After a conflict it is read again.
 * @returns whether the order has changed; undefined if each write met a conflict.
 */
function endOne(
  owner: Owner,
  event: ReloadFinished,
  marks: CancelMarks,
  { store, times }: EndPorts,
  onRead: (order: OrderDocument) => void,
): Promise<boolean | undefined> {
  const decide = (found: StoredDocument | undefined): Change<boolean> => {
    if (found === undefined) return UNCHANGED;
    const order = withMarks(readOrder(found), marks);
    onRead(order);
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

const withMarks = (order: OrderDocument, marks: CancelMarks): OrderDocument =>
  Object.keys(marks).length === 0 ? order : { ...order, cancelRequestedAt: { ...marks, ...order.cancelRequestedAt } };

/**
 * Whether the reload is that of the order's present attempt:
 *
 * - It is if the order itself names the reload.
 * - It is if the order has no reload yet. Then the end came before the order's start was stored.
 * - It is if Qlik echoes the order, and the order has only guessed another reload.
 * - It is not if the order surely has another reload. Then two reloads were started, and the order waits for the other end.
 */
function isEndedBy(order: OrderDocument, event: ReloadFinished, { by, startedTry }: Owner): boolean {
  if (!isAbout(order, event) || order.ends.includes(event.reloadId)) return false;
  if (!mayMove('settling', order.state, 'ended')) return false;
  if (order.reloadId === event.reloadId) return true;
  if (by === 'also' || by === 'holder') return false;
  const isOfPresentTry = (attemptOf(order, event, startedTry) ?? order.try) === order.try;
  return isOfPresentTry && (order.reloadId === undefined || (by === 'echo' && order.isCertain !== true));
}

const isAbout = (order: OrderDocument, event: ReloadFinished): boolean =>
  order.tenant === event.tenant && order.appId === event.appId;

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

/** Whether the reload was canceled by Cascade. */
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
    ...(isTimedOut(order, event) && { reason: TIMED_OUT }),
  });

const TIMED_OUT: Reason = { code: 'TIMED_OUT', message: 'It ran longer than its timeout, so Cascade canceled it' };
