import type { ReloadFinished } from '../../core/reload-finished.ts';
import type { Skip } from '../../core/skip.ts';
import type { EpochMs } from '../../core/units.ts';

/**
 * `event:<tenant>:<reloadId>`: a reload that ended. Created once, by whoever hears of it first, who fixes its `endedAt`.
 *
 * Invariant: `resolvedAt` is written only after each of its orders is stored, in a write of its own; until then it is due.
 */
export interface EventDocument extends ReloadFinished {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'event';
  readonly source: 'webhook' | 'sweep' | 'replay';
  readonly traceId: string;
  readonly storedAt: EpochMs;
  /** Of a webhook: the address or the id of the tenant whose credential verified, as far as the settings say it. */
  readonly heardFrom?: string;
  readonly resolvedAt?: EpochMs;
  readonly skips?: readonly Skip[];
  readonly dueAt?: EpochMs;
}
