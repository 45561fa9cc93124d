/*
 * The form of a plan: what is to be started, and what is not started and why. The action `resolver` makes a plan after
 * reloads ended, and passes it to the action `invoker`, which carries it out. The action `questions/collector` makes
 * one, too: it has an activation (one run of an action) for each question that the action found on a Stack Exchange
 * site.
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
 * An order (a reload that Cascade owes) that is to be created. If there is a ledger (Cascade's memory in CouchDB), the
 * plan also says by what and in which run the order was called for (`lineage`).
 */
export interface PlannedOrder extends ReloadOrder {
  readonly lineage?: Lineage;
}

/**
 * An activation that the plan names, and that is no reload: of which action in the invoker's package, and with which
 * parameters.
 */
export interface NamedActivation {
  readonly action: string;
  /** What the activation is about, for the log and the answer: the id of a document. */
  readonly about: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What the invoker gets, under the one key `plan`. The fields that a `Batch` also has mean the same as there. */
export interface Plan {
  readonly traceId: string;
  readonly source: Source;
  readonly receivedAt: EpochMs;
  readonly orders: readonly PlannedOrder[];
  /** What starts nothing, and why: mostly a link, which says that one app reloads after another. */
  readonly skips: readonly Skip[];
  /** Webhooks from which nothing follows, with the reasons. */
  readonly ignored: readonly Ignored[];
  /**
   * The events (ended reloads) for which the plan was made. Once their orders are stored, the invoker notes in their
   * documents that they are resolved. Only with a ledger.
   */
  readonly events?: readonly BatchEvent[];
  /** The hash of the compiled chains by which the resolver decided. Only with a ledger. */
  readonly definition?: string;
  /**
   * How many events the resolver could not decide about. They stay due: the sweep (it runs every 5 minutes) takes them
   * up.
   */
  readonly undecided?: number;
  /** Parked orders (each waited because its app was busy with another reload) whose app may be free now. */
  readonly wake?: readonly OrderId[];
  /** Orders on which work was left undone. */
  readonly due?: readonly OrderId[];
  /** Orders that may start before the next sweep, each at its own time. */
  readonly slots?: readonly Slot[];
  /**
   * Ends that are not yet part of their apps' documents. The invoker passes them to the sequence `record`, with
   * `events`.
   */
  readonly unrecorded?: readonly ReloadFinished[];
  /** Hints: something that Cascade heard, and that the sweep must check by asking Qlik. */
  readonly hints?: readonly HintRef[];
  /**
   * The ids of documents with notices (messages for people) that are due, and that some channel (such as Slack) still
   * lacks.
   */
  readonly owing?: readonly string[];
  /**
   * The named activations: they are no reloads. They may use half of what OpenWhisk's limits allow, so that reloads can
   * start meanwhile. If one is not started, the maker of the plan finds its work again.
   */
  readonly calls?: readonly NamedActivation[];
  /**
   * Only with `calls`: from then on none of them is started, because the maker of the plan may make another plan. So no
   * two plans take half of the limits at once.
   */
  readonly until?: EpochMs;
  /** The ledger's facts about each target's tenant, by its name. */
  readonly tenants?: Readonly<Record<string, TenantFacts>>;
  /** CouchDB's clock when the resolver was done. */
  readonly storeNow?: EpochMs;
  /**
   * Only if this is the rest of a plan, which an earlier run of the invoker has handed on: how many runs came before
   * this one, from 1.
   */
  readonly carries?: number;
}
