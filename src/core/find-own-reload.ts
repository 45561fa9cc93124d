/*
 * To reload an app, the action `reload` sends Qlik a POST with a `resourceId` that names its order (a reload that
 * Cascade owes). If Qlik's answer is lost, nobody knows whether Qlik has started the reload. A second POST could reload
 * the app twice. So this file first looks for the reload in the app's list, which the caller has read from Qlik.
 */

import type { DurationMs, EpochMs } from './units.ts';

/** The part of a reload's record in Qlik that shows whether Cascade started it. */
export interface ListedReload {
  /** How the reload was started: `external` is by Qlik's API, as Cascade does. */
  readonly type: string;
  readonly userId: string;
  readonly partial: boolean;
  readonly createdAt: EpochMs;
  readonly resourceId?: string;
}

/** What we sent, and when we sent it. */
export interface Sent {
  readonly resourceId: string;
  readonly partial: boolean;
  /**
   * The tenant's clock at our first send, or a little before. Undefined if the tenant has no clock, that is, if its
   * answers have no `Date`.
   */
  readonly since: EpochMs | undefined;
  /** The tenant's clock when it could last have accepted what we sent; undefined if nobody knows. */
  readonly until: EpochMs | undefined;
}

/**
 * By how much the tenant's clock may be wrong, in milliseconds (docs/ledger.md, "A clock that is set"). The clock also
 * shows whole seconds only.
 */
const CLOCK_MARGIN_MS = 5_000;

/** Each `resourceId` that Cascade sends is an order's id and an attempt, such as `order:default:<app>:s:<cause>~1`. */
const ORDER_PREFIX = 'order:';

/** The tenant's clock at an earlier moment: `elapsed` before `tenantNow`, by our stopwatch. */
export const tenantClockAt = (tenantNow: EpochMs | undefined, elapsed: DurationMs): EpochMs | undefined =>
  tenantNow === undefined ? undefined : ((tenantNow - elapsed) as EpochMs);

/** Which of the listed reloads our POST started. */
export type OwnReload<R> =
  /** This one, certainly: its record has our `resourceId`. */
  | { readonly kind: 'echoed'; readonly reload: R }
  /** None is certain. Each of these may be ours, if Cascade's user started it: the caller checks that. May be empty. */
  | { readonly kind: 'guesses'; readonly reloads: readonly R[] };

/**
 * Looks for the reload that our POST started. Some tenants echo the `resourceId`: the reload's record has it. Then the
 * reload with our `resourceId` is ours.
 *
 * If no record has our `resourceId`, a reload that has none may be ours, if its type, `partial` and time fit. There is
 * one exception: if the list has the `resourceId` of another order, the tenant would have echoed ours, too. Then no
 * reload in the list is ours.
 */
export function findOwnReload<R extends ListedReload>(reloads: readonly R[], sent: Sent): OwnReload<R> {
  const reload = reloads.find(({ resourceId }) => resourceId === sent.resourceId);
  if (reload !== undefined) return { kind: 'echoed', reload };
  if (isEchoing(reloads)) return { kind: 'guesses', reloads: [] };
  return { kind: 'guesses', reloads: reloads.filter((each) => mayBeOurs(each, sent)) };
}

/** Whether one of the listed reloads has the id of an order. Then the tenant echoes our `resourceId`s. */
export const isEchoing = (reloads: readonly Pick<ListedReload, 'resourceId'>[]): boolean =>
  reloads.some(({ resourceId }) => resourceId?.startsWith(ORDER_PREFIX));

/** Whether a reload may have been created after our first send. If the tenant has no clock, every reload may. */
export const isSince = ({ createdAt }: Pick<ListedReload, 'createdAt'>, { since }: Pick<Sent, 'since'>): boolean =>
  since === undefined || createdAt >= since - CLOCK_MARGIN_MS;

/** Whether a reload was created so early that our last send may have started it. */
const isUntil = ({ createdAt }: Pick<ListedReload, 'createdAt'>, { until }: Pick<Sent, 'until'>): boolean =>
  until === undefined || createdAt <= until + CLOCK_MARGIN_MS;

/** Whether the record may be that of our reload, judged by its type, `partial` and time. */
function mayBeOurs(reload: ListedReload, sent: Sent): boolean {
  const { resourceId, type, partial } = reload;
  const isOfOurs = resourceId === undefined && type === 'external' && partial === sent.partial;
  return isOfOurs && isSince(reload, sent) && isUntil(reload, sent);
}
