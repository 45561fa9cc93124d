/*
 * The facts of which commands and the dashboard make their answers: what Cascade's documents say of orders and events.
 * They are read from the ledger (Cascade's memory), in which the documents have more fields.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes because of an event, or because a person
 * asked for it. A run begins with a first event, or with such a person's order: its root. All that followed belongs to
 * it.
 */

import type { AppRef, ChainName, OrderId, ReloadId } from '../names.ts';
import type { OrderState } from '../order-state.ts';
import type { Policy } from '../policy.ts';
import type { Outcome, Reason, ReloadFinished } from '../reload-finished.ts';
import type { Skip } from '../skip.ts';
import type { EpochMs } from '../units.ts';

/** The part of an order's document that people see. */
export interface OrderFact extends AppRef {
  readonly _id: OrderId;
  readonly chain: ChainName;
  /** The hash of the definition (the compiled chain files) that called for the order. */
  readonly definition?: string;
  readonly state: OrderState;
  /**
   * What called for it: the ids of reloads. A reload of another tenant is `<tenant>.<id>`. A person is
   * `m.<activation id>`. Before the id of a reload that a person replayed stands `r1.`, the second time `r2.`, and so
   * on.
   */
  readonly causes: readonly string[];
  /** How many orders lead from the root of its run to it, this one included. */
  readonly hops: number;
  /** The id of the root's document. */
  readonly root: string;
  /** How often a failed reload is started again, and when a reload runs too long. */
  readonly policy?: Policy;
  /** The reload of the present attempt. */
  readonly reloadId?: ReloadId;
  /** Whether `reloadId` certainly is the reload that Cascade started, and not a guess. */
  readonly isCertain?: boolean;
  /** The number of the present attempt: Cascade may start a failed reload again. Absent means 1. */
  readonly try?: number;
  /** The reloads of the attempts that ended, the first one first. */
  readonly ends: readonly ReloadId[];
  /** By reload id: when Cascade asked Qlik to cancel the reload, because it ran too long. */
  readonly cancelRequestedAt?: Readonly<Record<string, EpochMs>>;
  /** How its reload ended. */
  readonly outcome?: Outcome;
  /** The order into which it was merged: that one's reload serves both. */
  readonly into?: OrderId;
  /** Why it is in its state, such as why it waits or was given up, or that its reload ran too long. */
  readonly reason?: Reason;
  readonly createdAt: EpochMs;
  /** When Cascade learned that Qlik had accepted its reload. */
  readonly postedAt?: EpochMs;
  readonly endedAt?: EpochMs;
  readonly gaveUpAt?: EpochMs;
  /** When a person called it off. Orders of an earlier version do not have it. */
  readonly calledOffAt?: EpochMs;
  /** When the sweep, which runs every 5 minutes, takes it up. Absent if nothing is left to do. */
  readonly dueAt?: EpochMs;
  /** The trace id of the work that created it: its log lines have this id. */
  readonly traceId?: string;
}

/** The part of an event's document that people see. */
export interface EventFact extends ReloadFinished {
  readonly _id: string;
  /** How Cascade heard of it. */
  readonly source: 'webhook' | 'sweep' | 'replay';
  readonly storedAt: EpochMs;
  /** When all its orders were stored. */
  readonly resolvedAt?: EpochMs;
  /** When the end was counted for its app. */
  readonly recordedAt?: EpochMs;
  /** The hash of the definition by which it was resolved, that is, by which Cascade decided what follows. */
  readonly definition?: string;
  /** The links that the event did not set off, and why. */
  readonly skips?: readonly Skip[];
  /** When the sweep takes it up. Absent if nothing is left to do. */
  readonly dueAt?: EpochMs;
  readonly traceId?: string;
}

/** Events and orders of some runs, in any order. */
export interface History {
  readonly events: readonly EventFact[];
  readonly orders: readonly OrderFact[];
}

/** How people call an app. */
export type LabelOf = (app: AppRef) => string;
