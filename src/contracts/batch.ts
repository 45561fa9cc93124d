import type { OrderId, TenantName } from '../core/names.ts';
import type { Ignored, ReloadFinished } from '../core/reload-finished.ts';
import type { EpochMs } from '../core/units.ts';

/** Who told of an event: a webhook, the sweep, or a person who has it replayed. */
export const SOURCES = ['webhook', 'sweep', 'replay'] as const;
export type Source = (typeof SOURCES)[number];

/** Where an event's document stands: with it the invoker marks the event resolved without reading it again. */
export interface StoredMark {
  readonly rev: string;
  readonly storedAt: EpochMs;
  readonly source: Source;
  readonly traceId: string;
  /** The address, or Qlik's id, of the tenant whose credential verified, as far as the receiver's settings say it. */
  readonly heardFrom?: string;
}

/** An ended reload; with a ledger its content is that of its document, whoever told it again. */
export interface BatchEvent extends ReloadFinished {
  readonly stored?: StoredMark;
}

/** A stored hint: something told that the sweep settles by asking Qlik. */
export interface HintRef {
  readonly tenant: TenantName;
  /** The last part of its document's id. */
  readonly told: string;
}

/** What a collector of events passes to the resolver, under the one key `batch`. */
export interface Batch {
  /** 32 hex digits: the trace id of the event's `traceparent`, else the receiving activation's id. */
  readonly traceId: string;
  readonly source: Source;
  /** When the request came in: a later step cannot see how much of the platform's 60 s is gone. */
  readonly receivedAt: EpochMs;
  readonly events: readonly BatchEvent[];
  readonly ignored: readonly Ignored[];
  readonly hints?: readonly HintRef[];
  /** Orders that are due. */
  readonly due?: readonly OrderId[];
}
