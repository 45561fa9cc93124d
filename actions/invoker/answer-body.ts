import type { Plan } from '../../src/contracts/plan.ts';
import { PAYLOAD_BYTES, roomFor } from '../../src/core/payload.ts';

/** What an answer tells, in lists that fit into OpenWhisk's result. */
export interface AnswerBody<Order> {
  readonly accepted: number;
  readonly orders: readonly Order[];
  readonly skips: Plan['skips'];
  readonly ignored: Plan['ignored'];
  /** How many each list has beyond what found room; only where one has. */
  readonly leftOut?: { readonly orders: number; readonly skips: number; readonly ignored: number };
}

/** An answer whose lists are cut where they do not fit: it must not fail for being long, since what it tells of has happened. */
export function answerBody<Order>(all: Omit<AnswerBody<Order>, 'leftOut'>): AnswerBody<Order> {
  const take = roomFor(PAYLOAD_BYTES);
  const kept = { orders: take(all.orders), skips: take(all.skips), ignored: take(all.ignored) };
  const leftOut = {
    orders: all.orders.length - kept.orders.length,
    skips: all.skips.length - kept.skips.length,
    ignored: all.ignored.length - kept.ignored.length,
  };
  const isCut = leftOut.orders + leftOut.skips + leftOut.ignored > 0;
  return { accepted: all.accepted, ...kept, ...(isCut && { leftOut }) };
}
