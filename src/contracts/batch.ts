import type { Ignored, ReloadFinished } from '../core/reload-finished.ts';
import type { EpochMs } from '../core/units.ts';

/** What a collector of events passes to the resolver, under the one key `batch`. */
export interface Batch {
  /** 32 hex digits: the trace id of the event's `traceparent`, else the receiving activation's id. */
  readonly traceId: string;
  readonly source: 'webhook';
  /** When the request came in: a later step cannot see how much of the platform's 60 s is gone. */
  readonly receivedAt: EpochMs;
  readonly events: readonly ReloadFinished[];
  readonly ignored: readonly Ignored[];
}
