import type { ReloadBody } from '../core/link.ts';
import type { AppRef, ChainName, OrderId, ReloadId } from '../core/names.ts';
import type { ReloadOrder } from '../core/order.ts';
import type { Policy } from '../core/policy.ts';
import type { EpochMs } from '../core/units.ts';

/** An order's document as its creator wrote it: an `OrderDocument` (src/ledger) in its first state. */
export interface CreatedOrder extends AppRef {
  readonly _id: OrderId;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'order';
  readonly chain: ChainName;
  /** The hash of the definition whose link called for it; absent by hand, and from an earlier version. */
  readonly definition?: string;
  readonly state: 'planned';
  readonly body: ReloadBody;
  readonly policy?: Policy;
  /** The reload ids whose ends called for it, one for a plain link (`tenant.reloadId` of another tenant; by hand `m.<activation id>`). */
  readonly causes: readonly string[];
  /** How far it is from an event that no order caused, from 1. */
  readonly hops: number;
  /** True if a cause may be a reload of ours without echo and without `started`. Then the rate guard limits the order. */
  readonly areHopsUnsure?: true;
  /** The id of the event document at the root of the run; of an order by hand its own id. */
  readonly root: string;
  readonly traceId: string;
  /** The number of the attempt that it asks for, from 1. */
  readonly try: number;
  /** How often it was claimed. */
  readonly claims: number;
  /** Reload ids whose ends were counted. */
  readonly ends: readonly ReloadId[];
  readonly createdAt: EpochMs;
  readonly dueAt: EpochMs;
}

/** An order if there is no ledger. */
export interface PlainRequest {
  readonly traceId: string;
  readonly order: ReloadOrder;
}

/** The ledger's facts about a tenant. */
export interface TenantFacts {
  /**
   * Until when an order without a slot waits: the tenant's rate limit is spent, or orders that have waited longer have their
   * slots. Absent if nothing holds it back. The store's clock.
   */
  readonly gateUntil?: EpochMs;
  /** Whether the tenant's records give our `resourceId` back; absent if nobody knows. */
  readonly echoes?: boolean;
  /** The tenant's address: BoundTenant's `url` (src/ledger); absent if no deployment wrote it. */
  readonly tenantUrl?: string;
}

/** An order that was just created: its rev travels, so that `reload` claims it without reading it. */
export interface CreatedRequest extends TenantFacts {
  readonly traceId: string;
  readonly created: CreatedOrder;
  /** The store's clock when the order was created. */
  readonly storeNow: EpochMs;
}

/** An order of the ledger that may have to be taken up. */
export interface DueRequest {
  readonly traceId: string;
  readonly due: OrderId;
  /** If the reload that it waited for ended: a parked order is taken up before it is due. */
  readonly wake?: true;
  /** If it has a slot that has come: orders with later slots do not hold it back. */
  readonly hasSlot?: true;
}

/** What the invoker passes to `reload`, under the one key `request`. */
export type OrderRequest = PlainRequest | CreatedRequest | DueRequest;
