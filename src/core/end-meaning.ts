import type { OrderId, ReloadId } from './names.ts';
import { isMatch } from './plan-orders.ts';
import type { Policy } from './policy.ts';
import type { Outcome, ReloadFinished } from './reload-finished.ts';
import type { EpochMs } from './units.ts';

/** What an order says about the attempts at its reload. */
export interface OrderAttempts {
  readonly _id: OrderId;
  readonly policy?: Policy;
  /** The number of its present attempt, from 1. */
  readonly try: number;
  /** The reloads of the attempts that ended, in their order. */
  readonly ends: readonly ReloadId[];
  /** The reload of the present attempt. */
  readonly reloadId?: ReloadId;
  /** By reload id: when the sweep asked Qlik to cancel it, since it ran too long. */
  readonly cancelRequestedAt?: Readonly<Record<string, EpochMs>>;
}

type End = Pick<ReloadFinished, 'reloadId' | 'orderId' | 'orderTry' | 'outcome'>;

/** What the end of an order's reload means for the order and for what follows it. */
export type EndMeaning =
  /** No other attempt follows. `outcome` is what links and composite links go by. */
  | { readonly kind: 'last'; readonly outcome: Outcome }
  | { readonly kind: 'will-retry'; readonly attempt: number }
  /** Nothing says yet which attempt it was. */
  | { readonly kind: 'unknown-attempt' };

/**
 * Which attempt of its order a reload was, from 1. The order's present attempt does not decide it: the order may have gone
 * on since.
 *
 * @param startedTry - what the ledger noted when the reload was started.
 * @returns undefined if nothing says it yet.
 */
export function attemptOf(order: OrderAttempts, end: End, startedTry: number | undefined): number | undefined {
  if (end.orderId === order._id && end.orderTry !== undefined) return end.orderTry;
  const place = order.ends.indexOf(end.reloadId);
  if (place >= 0) return place + 1;
  return order.reloadId === end.reloadId ? order.try : startedTry;
}

/** How an end counts: a reload that Cascade canceled since it ran too long has failed. A person's cancel stays one. */
export const countedOutcome = (order: OrderAttempts, { reloadId, outcome }: End): Outcome =>
  outcome === 'canceled' && order.cancelRequestedAt?.[reloadId] !== undefined ? 'failed' : outcome;

/** Decides what the end of an order's reload means. Resolver and storer both ask it, so they say the same. */
export function endMeaning(order: OrderAttempts, end: End, startedTry: number | undefined): EndMeaning {
  const outcome = countedOutcome(order, end);
  const attempts = order.policy?.retry?.attempts ?? 0;
  if (attempts === 0 || !isMatch('failed', outcome)) return { kind: 'last', outcome };
  const attempt = attemptOf(order, end, startedTry);
  if (attempt === undefined) return { kind: 'unknown-attempt' };
  return attempt <= attempts ? { kind: 'will-retry', attempt } : { kind: 'last', outcome };
}
