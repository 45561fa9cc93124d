/*
 * The requests to the action `reload`, which asks Qlik for one reload. The action `invoker` sends one request for each
 * order (a reload that Cascade owes).
 */

import type { ReloadBody } from '../core/link.ts';
import type { AppRef, ChainName, OrderId, ReloadId } from '../core/names.ts';
import type { ReloadOrder } from '../core/order.ts';
import type { Policy } from '../core/policy.ts';
import type { EpochMs } from '../core/units.ts';

/**
 * The document of an order as it was created. It is in the ledger, Cascade's memory (src/ledger). Later it may have
 * other states and more fields: see `OrderDocument`.
 */
export interface CreatedOrder extends AppRef {
  readonly _id: OrderId;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'order';
  readonly chain: ChainName;
  /**
   * The hash of the compiled chains whose link called for the order; absent for an order by hand, or by an earlier
   * version.
   */
  readonly definition?: string;
  readonly state: 'planned';
  readonly body: ReloadBody;
  readonly policy?: Policy;
  /**
   * What called for the order: the ids of reloads that ended; several if its link waits for several apps. A reload of
   * another tenant is `<tenant>.<reload id>`. A replay puts `r1.`, `r2.` … before the id. An order by hand has
   * `m.<activation id>`.
   */
  readonly causes: readonly string[];
  /**
   * How many orders lie between this order and the start of its run, this one included. A run is all that followed from
   * one end of a reload that Cascade did not start itself, or from one order by hand.
   */
  readonly hops: number;
  /**
   * True if `hops` may be too small: a cause may be our own reload, not recognised. MAX_STARTS_PER_HOUR then limits the
   * order.
   */
  readonly areHopsUnsure?: true;
  /** The start of the run: the id of the event (the document of an ended reload), or of the order by hand. */
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

/** The ledger's facts about a tenant. With them, `reload` usually need not read the tenant's documents. */
export interface TenantFacts {
  /**
   * Until when, by CouchDB's clock, an order without a slot waits: the tenant's rate limit is spent, or orders with
   * slots have waited longer. A slot is the instant at which one order may start. Absent if nothing holds the order
   * back.
   */
  readonly gateUntil?: EpochMs;
  /**
   * Whether the tenant's records of reloads show the `resourceId` that Cascade sent, that is, the order's id. Absent if
   * nobody knows.
   */
  readonly echoes?: boolean;
  /** The tenant's address: BoundTenant's `url` (src/ledger); absent if no deployment wrote it. */
  readonly tenantUrl?: string;
}

/**
 * Asks `reload` to start an order that was just created. The request has the whole document, so `reload` need not read
 * it.
 */
export interface CreatedRequest extends TenantFacts {
  readonly traceId: string;
  readonly created: CreatedOrder;
  /** How old the facts about the tenant are: CouchDB's clock when the plan that has them was made. */
  readonly storeNow: EpochMs;
}

/** Asks `reload` to read an order of the ledger, and to take its next step if that is due. */
export interface DueRequest {
  readonly traceId: string;
  readonly due: OrderId;
  /**
   * True if a reload ended that a parked order (it waits because its app is busy) may have waited for. Then `reload`
   * takes the order up although it is not yet due.
   */
  readonly wake?: true;
  /** True if the order's slot has come. Then the order does not wait for orders with later slots. */
  readonly hasSlot?: true;
}

/** What the invoker passes to `reload`, under the one key `request`. */
export type OrderRequest = PlainRequest | CreatedRequest | DueRequest;
