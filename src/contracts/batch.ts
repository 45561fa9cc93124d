/*
 * The form of a batch. A webhook is worked on by a sequence of OpenWhisk actions, and so is the sweep (it runs every 5
 * minutes and takes up what was left undone). The first action of either sequence, `receiver` or `collector`, passes a
 * batch to the second, the `resolver`. The batch says which reloads ended, and which work is still open.
 */

import type { OrderId, TenantName } from '../core/names.ts';
import type { Ignored, ReloadFinished } from '../core/reload-finished.ts';
import type { EpochMs } from '../core/units.ts';

/**
 * From where Cascade heard of an event (one end of a reload): from a webhook; from the sweep, which asks Qlik for ends
 * that no webhook reported; or from a person who has the event worked on again (`cascade replay`).
 */
export const SOURCES = ['webhook', 'sweep', 'replay'] as const;
export type Source = (typeof SOURCES)[number];

/**
 * The facts about an event's document in the ledger (Cascade's memory in CouchDB). The last step, the `invoker`, notes
 * in this document that the event is resolved: all that follows from it is stored. With these facts it need not read
 * the document first.
 */
export interface StoredMark {
  /** CouchDB's name of the document's version. */
  readonly rev: string;
  readonly storedAt: EpochMs;
  readonly source: Source;
  readonly traceId: string;
  /**
   * The address, or Qlik's id, of the tenant whose credential the webhook had. Absent if the receiver's settings have
   * neither, or if no webhook reported the end.
   */
  readonly heardFrom?: string;
  /** The end as it was reported, if it is too far in the future to be believed. */
  readonly reportedEnd?: EpochMs;
  /** When the end became part of its app's document, if it has. */
  readonly recordedAt?: EpochMs;
}

/** A reload that ended. If the ledger has the event already, this is the stored end, whatever a later report says. */
export interface BatchEvent extends ReloadFinished {
  readonly stored?: StoredMark;
}

/** An event that is in the ledger. */
export type StoredEvent = BatchEvent & { readonly stored: StoredMark };

/** A hint in the ledger: something that Cascade heard, and that the sweep must check by asking Qlik. */
export interface HintRef {
  readonly tenant: TenantName;
  /** The last part of the id of the hint's document, `hint:<tenant>:<told>`. */
  readonly told: string;
}

/**
 * A slot: the instant, by CouchDB's clock, at which an order (a reload that Cascade owes) may start. Orders get slots
 * if their tenant's rate limit is spent, so that they do not start all at once when the limit ends.
 */
export interface Slot {
  readonly order: OrderId;
  readonly at: EpochMs;
}

/** What the receiver and the collector pass to the resolver, under the one key `batch`. */
export interface Batch {
  /**
   * By this id, log lines of one webhook or sweep are found: the trace id in the webhook's `traceparent`, else the id
   * of the first step's activation (one run of an action).
   */
  readonly traceId: string;
  readonly source: Source;
  /**
   * When the first step began. So the last step knows how long a webhook's sender has waited for the answer.
   */
  readonly receivedAt: EpochMs;
  readonly events: readonly BatchEvent[];
  /** Webhooks from which nothing follows, with the reasons. */
  readonly ignored: readonly Ignored[];
  readonly hints?: readonly HintRef[];
  /** Orders on which work was left undone. */
  readonly due?: readonly OrderId[];
  /** Orders that may start before the next sweep, each at its own time. */
  readonly slots?: readonly Slot[];
  /** Ends that are resolved, but that are not yet part of their apps' documents. */
  readonly unrecorded?: readonly ReloadFinished[];
  /**
   * The ids of documents with notices (messages for people) that are due, and that some channel (such as Slack) still
   * lacks.
   */
  readonly owing?: readonly string[];
}
