/*
 * The invoker starts one activation of the action `reload` for each order, which is a reload that Cascade owes. These
 * are the requests that `reload` gets.
 */

import type { ReloadBody } from '../core/link.ts';
import type { AppRef, ChainName, OrderId, ReloadId } from '../core/names.ts';
import type { ReloadOrder } from '../core/order.ts';
import type { Policy } from '../core/policy.ts';
import type { EpochMs } from '../core/units.ts';

/**
 * An order (one reload that Cascade owes) as it was created: an `OrderDocument` in its first state. It is a document of the
 * ledger, Cascade's memory (src/ledger).
 */
export interface CreatedOrder extends AppRef {
  readonly _id: OrderId;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'order';
  readonly chain: ChainName;
  /** The hash of the compiled chains whose link called for the order; absent for an order by hand, or by an earlier version. */
  readonly definition?: string;
  readonly state: 'planned';
  readonly body: ReloadBody;
  readonly policy?: Policy;
  /**
   * The ids of the reloads whose ends called for the order: one id if its link waits for one app. It is `tenant.reloadId` for a
   * reload in another tenant, and `m.<activation id>` for an order by hand.
   */
  readonly causes: readonly string[];
  /** How many orders led here from an event (an ended reload) that no order caused, this one included. */
  readonly hops: number;
  /**
   * True if `hops` may be too small: a cause may be our own reload, not recognised. MAX_STARTS_PER_HOUR then limits the
   * order.
   */
  readonly areHopsUnsure?: true;
  /** The id of the event document at the root of the run; of an order by hand its own id. */
  readonly root: string;
  readonly traceId: string;
  /** The number of the attempt that is made next, from 1. */
  readonly try: number;
  /** How often an activation of `reload` has claimed the order. */
  readonly claims: number;
  /** The ids of this order's reloads whose ends were counted. */
  readonly ends: readonly ReloadId[];
  readonly createdAt: EpochMs;
  readonly dueAt: EpochMs;
}

/** Asks `reload` to start an order if there is no ledger. */
export interface PlainRequest {
  readonly traceId: string;
  readonly order: ReloadOrder;
}

/** The ledger's facts about a tenant. */
export interface TenantFacts {
  /**
   * Until when, by the store's clock, an order without a slot waits: the tenant's rate limit is spent, or other orders are
   * before it. A slot is the time that an order got for its start. Absent if nothing holds the order back.
   */
  readonly gateUntil?: EpochMs;
  /** Whether the tenant repeats our `resourceId` in its records of reloads; absent if nobody knows. */
  readonly echoes?: boolean;
  /** The tenant's address: BoundTenant's `url` (src/ledger); absent if no deployment wrote it. */
  readonly tenantUrl?: string;
}

/** Asks `reload` to start an order that was just created. It has the whole document, so `reload` need not read the document. */
export interface CreatedRequest extends TenantFacts {
  readonly traceId: string;
  readonly created: CreatedOrder;
  /** The store's clock when the facts about the tenant were read, which is before the order was created. */
  readonly storeNow: EpochMs;
}

/** Asks `reload` to read an order of the ledger, and to take the next step with it, if that is due. */
export interface DueRequest {
  readonly traceId: string;
  readonly due: OrderId;
  /**
   * True if the reload that a parked order waited for has ended. Then `reload` takes the order up although it is not yet
   * due.
   */
  readonly wake?: true;
  /** True if the order's slot has come. Then orders with later slots do not hold it back. */
  readonly hasSlot?: true;
}

/** What the invoker passes to `reload`, under the one key `request`. */
export type OrderRequest = PlainRequest | CreatedRequest | DueRequest;
