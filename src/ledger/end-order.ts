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
import { changeDocument } from './change-document.ts';
import { type OrderDocument, readOrder } from './documents/order.ts';
import { readStarted } from './documents/started.ts';
import type { LedgerLog } from './ledger-log.ts';
import { moveOrder } from './move-order.ts';

/** What `endOrder` needs. */
export interface EndPorts {
  readonly store: Pick<CouchPort, 'now' | 'get' | 'put' | 'many'>;
  readonly times: TimeConstants;
  readonly log: LedgerLog;
}

/**
 * Stores that a reload ended, in each order for which it was: the order that Qlik echoes, the order that `started` names, and
 * those that share the reload by a guess. Such an order has ended, or it waits for its next attempt.
 *
 * A second call changes nothing. If no order started the reload, this only reads once.
 *
 * @param holder - an order whose `reloadId` is this reload, for the case that neither Qlik nor `started` names it.
 * @returns the orders that this call changed, and what the end means.
 * @throws CascadeError STORE_UNAVAILABLE: then the sweep ends what is posted; STORE_REFUSED. A bad document is logged, and
 *   the other orders are ended.
 */
export async function endOrder(event: ReloadFinished, ports: EndPorts, holder?: OrderId): Promise<EndedOrders> {
  const ended: OrderId[] = [];
  const owners = await ownersOf(event, ports, holder);
  const marks = cancelMarks(owners, event, ports);
  let meaning: EndMeaning | undefined;
  for (const owner of owners) {
    const read = (order: OrderDocument): void => {
      // The orders that share a reload by a guess do not say which attempt it was.
      if (owner.by === 'also' || owner.by === 'holder' || !isAbout(order, event)) return;
      meaning = endMeaning(order, event, owner.startedTry);
    };
    if (await skipBadDocument(() => endOne(owner, event, marks, ports, read), ports.log)) {
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
 * The mark of the order for which Cascade canceled this reload. For every order that shares the reload it is a failure,
 * because no person canceled it.
 */
function cancelMarks(owners: readonly Owner[], event: ReloadFinished, { log }: EndPorts): CancelMarks {
  if (event.outcome !== 'canceled' || owners.length < 2) return {};
  const orders = owners.map(({ document }) => readOrLog(document, readOrder, log));
  const mark = orders.find((order) => order?.cancelRequestedAt?.[event.reloadId])?.cancelRequestedAt?.[event.reloadId];
  return mark === undefined ? {} : { [event.reloadId]: mark };
}

/** An order that the reload may be for, and how we know. */
interface Owner {
  readonly document: StoredDocument;
  readonly by: 'echo' | 'started' | 'also' | 'holder';
  /** Which attempt it was, by `started`. */
  readonly startedTry: number | undefined;
}

/** All orders that the reload may be for. The one that Qlik echoes comes first. */
async function ownersOf(
  { tenant, reloadId, orderId }: ReloadFinished,
  { store, log }: EndPorts,
  holder: OrderId | undefined,
): Promise<readonly Owner[]> {
  const [found, echoed] = await store.many([startedId(tenant, reloadId), ...(orderId === undefined ? [] : [orderId])]);
  // A malformed `started` hides its orders. The sweep finds their end: a posted order stays due until then.
  const started = readOrLog(found, readStarted, log);
  // How each order is known, by its id. The first way counts.
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
 * Ends one order, or has it wait for its next attempt. It does neither if the reload is not the order's present one.
 *
 * @param read - is called with the order each time it is read: a conflict makes this read the order again.
 */
const endOne = (
  owner: Owner,
  event: ReloadFinished,
  marks: CancelMarks,
  { store, times }: EndPorts,
  read: (order: OrderDocument) => void,
) =>
  changeDocument(
    owner.document._id,
    store,
    (found) => {
      const order = found && withMarks(readOrder(found), marks);
      if (order !== undefined) read(order);
      if (order === undefined || !isEndedBy(order, event, owner)) return { result: false };
      const meaning = endMeaning(order, event, owner.startedTry);
      if (meaning.kind === 'unknown-attempt') return { result: false };
      const at = store.now() ?? event.endedAt;
      if (meaning.kind === 'will-retry')
        return { result: true, write: nextAttempt(order, event, meaning.attempt, at, times) };
      return {
        result: true,
        write: moveOrder('settling', order, 'ended', { at, times }, endOf(order, event, owner.by)),
      };
    },
    owner.document,
  );

const withMarks = (order: OrderDocument, marks: CancelMarks): OrderDocument =>
  Object.keys(marks).length === 0 ? order : { ...order, cancelRequestedAt: { ...marks, ...order.cancelRequestedAt } };

/**
 * Whether this is the end of the order's present attempt. It is not if the order has another reload: then two reloads were
 * started, or somebody guessed wrong, and the order goes on.
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

/** The order as it waits for its next attempt. Of the attempt that ended, only the reload's id is left, in `ends`. */
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

const endOf = (order: OrderDocument, event: ReloadFinished, by: Owner['by']) => ({
  outcome: event.outcome,
  endedAt: event.endedAt,
  ends: [...order.ends, event.reloadId],
  reloadId: event.reloadId,
  isCertain: by === 'echo' || order.isCertain === true,
  doubt: undefined,
  ...(isTimedOut(order, event) && { reason: TIMED_OUT }),
});

const TIMED_OUT: Reason = { code: 'TIMED_OUT', message: 'It ran longer than its timeout, so Cascade canceled it' };
