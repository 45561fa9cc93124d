import type { ReloadBody } from '../../core/link.ts';
import type { AppId, ChainName, OrderId, ReloadId, TenantName } from '../../core/names.ts';
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
}

/**
 * `order:<tenant>:<app>:<clause>:<cause>`: one reload that we owe. The one document that decides about it.
 *
 * Invariant: only who claimed it by its rev sends its POST, and no POST is sent under a doubt that a list did not settle.
 */
export interface OrderDocument {
  readonly _id: OrderId;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'order';
  readonly tenant: TenantName;
  readonly appId: AppId;
  readonly chain: ChainName;
  readonly state: OrderState;
  readonly body: ReloadBody;
  /** Reload ids (of another tenant `tenant.reloadId`; by hand `m.<activation id>`) whose ends called for it; one for a plain link. */
  readonly causes: readonly string[];
  /** How far it is from an event that no order caused, from 1. */
  readonly hops: number;
  /** True where a cause may be a reload of ours that nothing tells: no echo, no `started`. The rate guard then holds. */
  readonly areHopsUnsure?: true;
  /** The id of the event document at the root of the run; of an order by hand its own id. */
  readonly root: string;
  readonly traceId: string;
  /** The number of the reload that it asks for, from 1; further tries come later. */
  readonly try: number;
  /** How often it was claimed. */
  readonly claims: number;
  /** The activation that claimed it last. */
  readonly owner?: string;
  readonly doubt?: Doubt;
  readonly reloadId?: ReloadId;
  /** Whether `reloadId` is surely ours (a 201, or echoed), not a guess. */
  readonly isCertain?: boolean;
  /** Reload ids whose ends were counted. */
  readonly ends: readonly ReloadId[];
  readonly outcome?: Outcome;
  /** Of a merged order: the order whose reload does for it. */
  readonly into?: OrderId;
  /** Why it waits, was given up or called off, for people. */
  readonly reason?: { readonly code: string; readonly message: string };
  readonly createdAt: EpochMs;
  readonly postedAt?: EpochMs;
  readonly endedAt?: EpochMs;
  /** The store's clock when it was given up. */
  readonly gaveUpAt?: EpochMs;
  /** When the sweep looks at it; absent in a final state. */
  readonly dueAt?: EpochMs;
}
