import type { CreatedOrder } from '../../contracts/order-request.ts';
import type { OrderId, ReloadId } from '../../core/names.ts';
import type { OrderState } from '../../core/order-state.ts';
import type { Outcome } from '../../core/reload-finished.ts';
import type { EpochMs } from '../../core/units.ts';

/** That a POST may have been accepted: cleared only by a 201, a definite refusal without an older doubt, or absence after the grace. */
export interface Doubt {
  /** The store's clock at the claim before the first POST in doubt. */
  readonly since: EpochMs;
  /** The store's clock at the last send. */
  readonly sentAt?: EpochMs;
  /** Where a POST in doubt followed on another: the store's clock when the first of these doubts began. */
  readonly first?: EpochMs;
  /** The store's clock when Qlik's list proved that what was sent until then started nothing. */
  readonly absentAt?: EpochMs;
}

/**
 * `order:<tenant>:<app>:<clause>:<cause>`: one reload that we owe. The one document that decides about it.
 *
 * Invariant: only who claimed it by its rev sends its POST, and no POST is sent under a doubt that a list did not settle.
 */
export interface OrderDocument extends Omit<CreatedOrder, 'state' | 'dueAt'> {
  readonly state: OrderState;
  /** The activation that claimed it last. */
  readonly owner?: string;
  readonly doubt?: Doubt;
  readonly reloadId?: ReloadId;
  /** Whether `reloadId` is surely ours (a 201, or echoed), not a guess. */
  readonly isCertain?: boolean;
  readonly outcome?: Outcome;
  /** Of a merged order: the order whose reload does for it. */
  readonly into?: OrderId;
  /** Why it waits, was given up or called off, for people. */
  readonly reason?: { readonly code: string; readonly message: string };
  readonly postedAt?: EpochMs;
  readonly endedAt?: EpochMs;
  /** The store's clock when it was given up. */
  readonly gaveUpAt?: EpochMs;
  /** When the sweep looks at it; absent in a final state. */
  readonly dueAt?: EpochMs;
}
