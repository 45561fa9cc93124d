/*
 * The first step of a webhook or of the sweep passes a batch to the second, the resolver. The batch says which reloads
 * ended, and what was left undone.
 */

import type { OrderId, TenantName } from '../core/names.ts';
import type { Ignored, ReloadFinished } from '../core/reload-finished.ts';
import type { EpochMs } from '../core/units.ts';

/**
 * Where Cascade got an event (the end of a reload) from: a webhook; the sweep, which every 5 minutes asks Qlik for ends that no
 * webhook reported; or a person who replays it.
 */
export const SOURCES = ['webhook', 'sweep', 'replay'] as const;
export type Source = (typeof SOURCES)[number];

/**
 * The facts about an event's document in the ledger (Cascade's memory). With them, the invoker marks the event as resolved
 * without reading it.
 */
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

/**
 * A reload that ended. If the ledger has the event, this is what the ledger says, also if it was reported differently
 * again.
 */
export interface BatchEvent extends ReloadFinished {
  readonly stored?: StoredMark;
}

/** An event that is in the ledger. */
export type StoredEvent = BatchEvent & { readonly stored: StoredMark };

/** A hint in the ledger: an incomplete report of a reload's end, about which the sweep asks Qlik. */
export interface HintRef {
  readonly tenant: TenantName;
  /** The last part of the id of the hint's document. */
  readonly told: string;
}

/**
 * An order (a reload that Cascade owes) that waits for its tenant's rate limit, and when it shall start, by the store's
 * clock.
 */
export interface Slot {
  readonly order: OrderId;
  readonly at: EpochMs;
}

/** What the receiver and the collector pass to the resolver, under the one key `batch`. */
export interface Batch {
  /** 32 hex digits: the trace id of the event's `traceparent`, else the receiving activation's id. */
  readonly traceId: string;
  readonly source: Source;
  /** When the request came in. By this, later steps know how much of OpenWhisk's 60 s is left. */
  readonly receivedAt: EpochMs;
  readonly events: readonly BatchEvent[];
  readonly ignored: readonly Ignored[];
  readonly hints?: readonly HintRef[];
  /** Orders (reloads that Cascade owes) on which work was left undone. */
  readonly due?: readonly OrderId[];
  /** Orders that may start before the next sweep, each at its own time. */
  readonly slots?: readonly Slot[];
  /** Ends whose orders are stored, but that are not yet part of their apps' documents. */
  readonly unrecorded?: readonly ReloadFinished[];
  /** The ids of documents with notices (messages for people) that channels, such as Slack, have not taken and that are due. */
  readonly owing?: readonly string[];
}
