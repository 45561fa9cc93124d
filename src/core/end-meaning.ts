/*
 * Decides what the end of a reload means for its order (a reload that Cascade owes). If the chain file asks for it
 * (`retry`), Cascade starts a failed reload again, as a further attempt of the same order. Until the last attempt has
 * ended, the apps that follow go on waiting. If Cascade canceled a reload because it ran too long, the reload counts as
 * failed.
 *
 * Usually one order started a reload. If Qlik's answers were lost, several orders may have guessed that the same reload
 * is their own. They share it.
 */

import { type AppRef, appKey, type OrderId, type ReloadId } from './names.ts';
import { isMatch } from './plan-orders.ts';
import type { Policy } from './policy.ts';
import type { Outcome, Reason, ReloadFinished } from './reload-finished.ts';
import { tooLongReason } from './too-long.ts';
import type { EpochMs } from './units.ts';

/** The part of an order's document that is about its attempts. */
export interface OrderAttempts {
  readonly _id: OrderId;
  readonly policy?: Policy;
  /** The number of the present attempt, from 1. */
  readonly try: number;
  /** The reloads of the attempts that ended, the first one first. */
  readonly ends: readonly ReloadId[];
  /** The reload of the present attempt. */
  readonly reloadId?: ReloadId;
  /**
   * By reload id: when the sweep (it runs every 5 minutes) asked Qlik to cancel the reload, because it ran too long.
   */
  readonly cancelRequestedAt?: Readonly<Record<string, EpochMs>>;
}

type End = Pick<ReloadFinished, 'reloadId' | 'orderId' | 'orderTry' | 'outcome'>;

/** What the end of an order's reload means for the order and for the apps that follow. */
export type EndMeaning =
  /**
   * No other attempt follows. `outcome` decides which apps follow. `error` is there only if Cascade canceled the
   * reload, because Qlik then gives none.
   */
  | { readonly kind: 'last'; readonly outcome: Outcome; readonly error?: Reason }
  /** Attempt `attempt` failed, and Cascade starts another one. */
  | { readonly kind: 'will-retry'; readonly attempt: number }
  /** Nobody knows yet which attempt the reload was. */
  | { readonly kind: 'unknown-attempt' };

/**
 * Finds out which attempt of its order a reload was, from 1. The order may have gone on to another attempt meanwhile.
 * So the number that Qlik gives back counts first, then what the order says of this reload, then `startedTry`.
 *
 * @param startedTry - the attempt's number in the reload's document `started`, which names the order for which the
 *   reload was started. Undefined if there is no such document, or no number in it.
 * @returns undefined if nobody knows it yet.
 */
export function attemptOf(order: OrderAttempts, end: End, startedTry: number | undefined): number | undefined {
  if (end.orderId === order._id && end.orderTry !== undefined) return end.orderTry;
  const place = order.ends.indexOf(end.reloadId);
  if (place >= 0) return place + 1;
  return order.reloadId === end.reloadId ? order.try : startedTry;
}

/**
 * How an end counts. A reload that Cascade canceled because it ran too long counts as failed. A reload that a person
 * canceled counts as canceled.
 */
export const countedOutcome = (order: OrderAttempts, { reloadId, outcome }: End): Outcome =>
  outcome === 'canceled' && order.cancelRequestedAt?.[reloadId] !== undefined ? 'failed' : outcome;

/**
 * The order with the mark that Cascade canceled the reload (`cancelRequestedAt`), if an order that shares the reload
 * has this mark. If Cascade canceled the reload for one of these orders, no person did. So it has failed for all of
 * them.
 *
 * @param sharers - the orders that have this reload as theirs; `order` may be one of them.
 */
export function withSharedMark<Order extends OrderAttempts>(
  order: Order,
  sharers: readonly OrderAttempts[],
  { reloadId, outcome }: End,
): Order {
  const marks = sharers.map(({ cancelRequestedAt }) => cancelRequestedAt?.[reloadId]);
  const mark = order.cancelRequestedAt?.[reloadId] ?? marks.find((at) => at !== undefined);
  if (outcome !== 'canceled' || mark === undefined) return order;
  return { ...order, cancelRequestedAt: { ...order.cancelRequestedAt, [reloadId]: mark } };
}

/** The order whose reload ended, and what the end means for it. */
export interface JudgedEnd<Order extends OrderAttempts> {
  /** The order, with the mark of `withSharedMark`. */
  readonly order: Order;
  readonly meaning: EndMeaning;
}

/**
 * Judges the end of a reload: finds its order, and decides what the end means for it. The order is the one whose id
 * Qlik gives back (`orderId`), else the one that the document `started` names. An order of another app does not count,
 * because anybody can send our ids to Qlik.
 *
 * Whoever needs the answer asks this function, so that all agree: the resolver, which decides what follows, the storer
 * and the sweep, which record the end, `cascade replay` and `cascade rebuild`.
 *
 * @param orders - the orders that may have started the reload, as far as the ledger (Cascade's memory) has them.
 * @param started - the document `started` of the reload: the order that it names, and that order's attempt.
 * @returns undefined if none of these orders is found to have started the reload.
 */
export function judgeEnd<Order extends OrderAttempts & AppRef>(
  end: End & AppRef,
  orders: readonly Order[],
  started: { readonly order: OrderId; readonly try?: number } | undefined,
): JudgedEnd<Order> | undefined {
  const ofApp = orders.filter((order) => appKey(order) === appKey(end));
  const found = ofApp.find(({ _id }) => _id === end.orderId) ?? ofApp.find(({ _id }) => _id === started?.order);
  if (found === undefined) return undefined;
  const order = withSharedMark(found, ofApp, end);
  return { order, meaning: endMeaning(order, end, started?.order === order._id ? started.try : undefined) };
}

/** Decides what the end of an order's reload means for that order. */
export function endMeaning(order: OrderAttempts, end: End, startedTry: number | undefined): EndMeaning {
  const outcome = countedOutcome(order, end);
  const attempts = order.policy?.retry?.attempts ?? 0;
  const last = {
    ...{ kind: 'last' as const, outcome },
    ...(outcome !== end.outcome && { error: tooLongReason(order.policy) }),
  };
  if (attempts === 0 || !isMatch('failed', outcome)) return last;
  const attempt = attemptOf(order, end, startedTry);
  if (attempt === undefined) return { kind: 'unknown-attempt' };
  return attempt <= attempts ? { kind: 'will-retry', attempt } : last;
}
