/*
 * The action `resolver` decides what follows the reloads that ended. It passes its decisions as a plan to the action `invoker`,
 * which starts these reloads.
 */

import type { Lineage } from '../core/lineage.ts';
import type { OrderId } from '../core/names.ts';
import type { ReloadOrder } from '../core/order.ts';
import type { Ignored, ReloadFinished } from '../core/reload-finished.ts';
import type { Skip } from '../core/skip.ts';
import type { EpochMs } from '../core/units.ts';
import type { BatchEvent, HintRef, Slot, Source } from './batch.ts';
import type { TenantFacts } from './order-request.ts';

/**
 * An order (a reload that Cascade owes) that shall be created. If there is a ledger (Cascade's memory), the order has its
 * lineage: what led to it.
 */
export interface PlannedOrder extends ReloadOrder {
  readonly lineage?: Lineage;
}

/** An activation that the plan itself names, of an action of the invoker's own package. */
export interface Call {
  readonly action: string;
  /** What it is about, for logs and for the answer. */
  readonly about: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What the resolver passes to the invoker, under the one key `plan`. */
export interface Plan {
  readonly traceId: string;
  readonly source: Source;
  readonly receivedAt: EpochMs;
  readonly orders: readonly PlannedOrder[];
  /** Why other links start nothing. A link says that one app reloads after another. */
  readonly skips: readonly Skip[];
  readonly ignored: readonly Ignored[];
  /** The events (ends of reloads) that the plan was made for. The invoker marks them as resolved. Only with a ledger. */
  readonly events?: readonly BatchEvent[];
  /** The hash of the compiled chains by which the resolver decided. Only with a ledger. */
  readonly definition?: string;
  /** How many events the resolver could not decide about. They stay due. */
  readonly undecided?: number;
  /** Orders that were parked (they waited for another reload of their app to end) and can now start. */
  readonly wake?: readonly OrderId[];
  /** Orders on which work was left undone. */
  readonly due?: readonly OrderId[];
  /** Orders that may start before the next sweep (it runs every 5 minutes), each at its own time. */
  readonly slots?: readonly Slot[];
  /** Ends that are not yet part of their apps' documents. They go to `record` together with `events`. */
  readonly unrecorded?: readonly ReloadFinished[];
  /** Webhooks that alone do not prove that a reload ended. The sweep asks Qlik about them. */
  readonly hints?: readonly HintRef[];
  /** The ids of documents with notices (messages for people) that channels, such as Slack, have not taken and that are due. */
  readonly owing?: readonly string[];
  /**
   * Activations that are no reloads. They leave half of the host's limits to the reloads. Whoever made the plan finds those
   * again that are not started.
   */
  readonly calls?: readonly Call[];
  /** The ledger's facts about each target's tenant, by its name. */
  readonly tenants?: Readonly<Record<string, TenantFacts>>;
  /** The store's clock when the resolver was done. */
  readonly storeNow?: EpochMs;
  /** If an invocation of the invoker hands its remaining orders to a next one: how many invocations came before, from 1. */
  readonly carries?: number;
}
