import type { DurationMs, EpochMs } from './units.ts';

/** What telling our own reload from others needs of a record. */
export interface ListedReload {
  readonly type: string;
  readonly userId: string;
  readonly partial: boolean;
  readonly createdAt: EpochMs;
  readonly resourceId?: string;
}

/** What we sent, and when by the tenant's clock. */
export interface Sent {
  readonly resourceId: string;
  readonly partial: boolean;
  /** The tenant's clock at our first send; undefined if the tenant does not tell its clock. */
  readonly since: EpochMs | undefined;
}

/** How far the tenant's clock, told in whole seconds, may be off (ledger.md §7). */
const CLOCK_MARGIN_MS = 5_000;

/** With this every `resourceId` of ours begins: see `orderId`. */
const ORDER_PREFIX = 'order:';

/** The tenant's clock when something began that took `elapsed` by our stopwatch until `tenantNow`. */
export const tenantClockAt = (tenantNow: EpochMs | undefined, elapsed: DurationMs): EpochMs | undefined =>
  tenantNow === undefined ? undefined : ((tenantNow - elapsed) as EpochMs);

/** Which of the listed reloads our own request started. */
export type OwnReload<R> =
  /** Certain: Qlik echoes our `resourceId`. */
  | { readonly kind: 'echoed'; readonly reload: R }
  /** None is certain; each of these carries no `resourceId` and may be ours, if its user is ours. Often empty. */
  | { readonly kind: 'guesses'; readonly reloads: readonly R[] };

/**
 * Looks for the reload that our own request started, newest first. If the tenant tells no clock, age rules out none; a
 * tenant that echoed another order of ours leaves nothing to guess.
 */
export function findOwnReload<R extends ListedReload>(reloads: readonly R[], sent: Sent): OwnReload<R> {
  const reload = reloads.find(({ resourceId }) => resourceId === sent.resourceId);
  if (reload !== undefined) return { kind: 'echoed', reload };
  if (isEchoing(reloads)) return { kind: 'guesses', reloads: [] };
  return { kind: 'guesses', reloads: reloads.filter((each) => mayBeOurs(each, sent)) };
}

/** Whether one of the listed reloads carries an order of ours: the tenant gives our `resourceId` back. */
export const isEchoing = (reloads: readonly Pick<ListedReload, 'resourceId'>[]): boolean =>
  reloads.some(({ resourceId }) => resourceId?.startsWith(ORDER_PREFIX));

/** Whether a reload may have begun after our first send; always, where the tenant tells no clock. */
export const isSince = ({ createdAt }: Pick<ListedReload, 'createdAt'>, { since }: Pick<Sent, 'since'>): boolean =>
  since === undefined || createdAt >= since - CLOCK_MARGIN_MS;

function mayBeOurs(reload: ListedReload, sent: Sent): boolean {
  const { resourceId, type, partial } = reload;
  return resourceId === undefined && type === 'external' && partial === sent.partial && isSince(reload, sent);
}
