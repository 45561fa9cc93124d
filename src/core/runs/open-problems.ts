/*
 * Three kinds of problems are open until somebody settles them: an alert, an order (a reload that Cascade owes) that
 * was given up, and a dead letter (a webhook that Cascade could not understand). `cascade runs --problems` and the
 * dashboard both show them. This file decides for both which of them are open.
 */

import type { AppRef } from '../names.ts';
import type { Reason } from '../reload-finished.ts';
import { type DurationMs, days, type EpochMs } from '../units.ts';
import type { OrderFact } from './facts.ts';

/** The part of an alert's document that people see. An alert is something that a person should look at. */
export interface AlertFact {
  readonly _id: string;
  readonly kind: string;
  readonly subject: string;
  readonly message: string;
  readonly at: EpochMs;
  /** Present if it was raised more than once. */
  readonly lastAt?: EpochMs;
}

/** The part of a dead letter that people see: a webhook from the right sender that Cascade could not understand. */
export interface DeadFact {
  readonly _id: string;
  readonly tenant: string;
  readonly reason: Reason;
  readonly storedAt: EpochMs;
  readonly replayedAt?: EpochMs;
  readonly dismissedAt?: EpochMs;
}

/**
 * How long problems are shown that pass by themselves, if nobody asks for another time. While the cause of an alert
 * lasts, it is raised again and again.
 */
export const PROBLEMS_SHOWN_FOR: DurationMs = days(7);

/** When alerts, orders and tickets were dismissed last, by their ids: see `dismissals`. */
export type Dismissals = ReadonlyMap<string, EpochMs>;

/** When an alert was raised last. */
export const raisedAt = ({ at, lastAt = at }: AlertFact): EpochMs => lastAt;

/**
 * The alerts that say something which nothing else says. There is also an alert about each given-up order, and one
 * about the dead letters of a tenant. They say the same as the order and the letters, so they are left out.
 */
export function alertsAlone(alerts: Iterable<AlertFact>, orders: Iterable<OrderFact>): readonly AlertFact[] {
  const gaveUp = new Set<string>([...orders].flatMap(({ state, _id }) => (state === 'gave-up' ? [_id] : [])));
  return [...alerts].filter(
    ({ kind, subject }) => kind !== 'dead-letter' && (kind !== 'gave-up' || !gaveUp.has(subject)),
  );
}

/** Whether an alert is open: nobody has dismissed it since it was raised last. */
export const isOpenAlert = (alert: AlertFact, dismissed: Dismissals): boolean =>
  (dismissed.get(alert._id) ?? -1) < raisedAt(alert);

/**
 * The orders that were given up, and are open: their apps have not succeeded since, and nobody has dismissed them.
 *
 * @param lastSuccess - when an app succeeded last.
 */
export const openGivenUp = (
  orders: Iterable<OrderFact>,
  dismissed: Dismissals,
  lastSuccess: (app: AppRef) => EpochMs | undefined,
): readonly OrderFact[] =>
  [...orders].filter(
    (order) => order.state === 'gave-up' && !dismissed.has(order._id) && (lastSuccess(order) ?? -1) <= gaveUpAt(order),
  );

/** When an order was given up. */
export const gaveUpAt = ({ gaveUpAt: at, createdAt }: Pick<OrderFact, 'gaveUpAt' | 'createdAt'>): EpochMs =>
  at ?? createdAt;

/** Whether a dead letter is open: nobody has had it read again, or dismissed it. */
export const isOpenLetter = ({ replayedAt, dismissedAt }: DeadFact): boolean =>
  replayedAt === undefined && dismissedAt === undefined;
