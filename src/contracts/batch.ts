import type { OrderId, TenantName } from '../core/names.ts';
import type { Ignored, ReloadFinished } from '../core/reload-finished.ts';
import type { EpochMs } from '../core/units.ts';

/** Where an event came from: a webhook, the sweep, or a person who replays it. */
export const SOURCES = ['webhook', 'sweep', 'replay'] as const;
export type Source = (typeof SOURCES)[number];

/** The facts about an event's document with which the invoker marks the event resolved without reading it again. */
export interface StoredMark {
  readonly rev: string;
  readonly storedAt: EpochMs;
  readonly source: Source;
  readonly traceId: string;
  /** The address, or Qlik's id, of the tenant whose credential verified; absent if the receiver's settings have neither. */
  readonly heardFrom?: string;
  /** The end as it was reported, if it is too far in the future to be believed. */
  readonly reportedEnd?: EpochMs;
  /** When the end became part of its app, if it has. */
  readonly recordedAt?: EpochMs;
}

/** An ended reload. With a ledger its content is its document's, even if it was reported twice. */
export interface BatchEvent extends ReloadFinished {
  readonly stored?: StoredMark;
}

/** An event that is in the ledger. */
export type StoredEvent = BatchEvent & { readonly stored: StoredMark };

/** A stored hint: a report that the sweep settles by asking Qlik. */
export interface HintRef {
  readonly tenant: TenantName;
  /** The last part of its document's id. */
  readonly told: string;
}

/** An order that waits for its tenant's rate limit, and when its `reload` is to be fired, by the store's clock. */
export interface Slot {
  readonly order: OrderId;
  readonly at: EpochMs;
}

/** What a collector of events passes to the resolver, under the one key `batch`. */
export interface Batch {
  /** 32 hex digits: the trace id of the event's `traceparent`, else the receiving activation's id. */
  readonly traceId: string;
  readonly source: Source;
  /** When the request came in: later steps cannot see otherwise how much of OpenWhisk's 60 s is left. */
  readonly receivedAt: EpochMs;
  readonly events: readonly BatchEvent[];
  readonly ignored: readonly Ignored[];
  readonly hints?: readonly HintRef[];
  /** Orders that are due. */
  readonly due?: readonly OrderId[];
  /** Orders with a slot before the next sweep. */
  readonly slots?: readonly Slot[];
  /** Ends that are resolved and not recorded. */
  readonly unrecorded?: readonly ReloadFinished[];
  /** Documents that are due for the notices that they owe. */
  readonly owing?: readonly string[];
}
