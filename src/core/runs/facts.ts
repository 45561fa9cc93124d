import type { AppRef, ChainName, OrderId, ReloadId } from '../names.ts';
import type { OrderState } from '../order-state.ts';
import type { Policy } from '../policy.ts';
import type { Outcome, Reason, ReloadFinished } from '../reload-finished.ts';
import type { Skip } from '../skip.ts';
import type { EpochMs } from '../units.ts';

/** The part of an order's document that people see. An order is a reload that Cascade owes because of an event. */
export interface OrderFact extends AppRef {
  readonly _id: OrderId;
  readonly chain: ChainName;
  /** The hash of the definition (the compiled chain files) that called for the order. */
  readonly definition?: string;
  readonly state: OrderState;
  readonly causes: readonly string[];
  readonly hops: number;
  readonly root: string;
  readonly policy?: Policy;
  readonly reloadId?: ReloadId;
  readonly isCertain?: boolean;
  /** The number of the present attempt: Cascade may start a failed reload again. Absent means 1. */
  readonly try?: number;
  readonly ends: readonly ReloadId[];
  readonly cancelRequestedAt?: Readonly<Record<string, EpochMs>>;
  readonly outcome?: Outcome;
  readonly into?: OrderId;
  readonly reason?: Reason;
  readonly createdAt: EpochMs;
  readonly postedAt?: EpochMs;
  readonly endedAt?: EpochMs;
  readonly gaveUpAt?: EpochMs;
  /** When a person called it off. Orders of an earlier version do not have it. */
  readonly calledOffAt?: EpochMs;
  readonly dueAt?: EpochMs;
  /** The trace id of the end that called for it. */
  readonly traceId?: string;
}

/** The part of an event's document that people see. An event is a reload that ended. */
export interface EventFact extends ReloadFinished {
  readonly _id: string;
  readonly source: 'webhook' | 'sweep' | 'replay';
  readonly storedAt: EpochMs;
  readonly resolvedAt?: EpochMs;
  readonly recordedAt?: EpochMs;
  /** The hash of the definition by which it was resolved. */
  readonly definition?: string;
  readonly skips?: readonly Skip[];
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
