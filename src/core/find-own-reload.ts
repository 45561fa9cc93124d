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
  /** The user of our credential, where known. */
  readonly userId: string | undefined;
  /** The tenant's clock at our first send; undefined where the tenant does not tell its clock. */
  readonly since: EpochMs | undefined;
}

/** How far the tenant's clock, told in whole seconds, may be off (ledger.md §7). */
const CLOCK_MARGIN_MS = 5_000;

/** The tenant's clock when something began that took `elapsed` by our stopwatch until `tenantNow`. */
export const tenantClockAt = (tenantNow: EpochMs | undefined, elapsed: DurationMs): EpochMs | undefined =>
  tenantNow === undefined ? undefined : ((tenantNow - elapsed) as EpochMs);

/**
 * Finds the reload that our own request started, newest first.
 *
 * Certain where Qlik echoes our `resourceId`. A record that carries none is taken for ours where all else fits: an API
 * request of our user, as partial as ours, created since we sent.
 */
export function findOwnReload<R extends ListedReload>(reloads: readonly R[], sent: Sent): R | undefined {
  const echoed = reloads.find(({ resourceId }) => resourceId === sent.resourceId);
  return echoed ?? reloads.find((reload) => looksLikeOurs(reload, sent));
}

function looksLikeOurs(reload: ListedReload, { partial, userId, since }: Sent): boolean {
  if (reload.resourceId !== undefined || userId === undefined || since === undefined) return false;
  const isNewEnough = reload.createdAt >= since - CLOCK_MARGIN_MS;
  return reload.type === 'external' && reload.userId === userId && reload.partial === partial && isNewEnough;
}
