import type { EpochMs } from '../../core/units.ts';

/**
 * `gate:<tenant>`: until when the tenant's rate limit is spent, and whether its records give our `resourceId` back.
 *
 * Invariant: `until` only ever moves on, by the store's clock; who read it before it was shut posts, and is told 429 again.
 * `echoes` is written once a record of a reload that surely is ours was seen; true is never taken back while the tenant stays
 * where it is.
 */
export interface GateDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'gate';
  /** The store's clock; absent while no limit was met. */
  readonly until?: EpochMs;
  /** Absent while nobody knows. */
  readonly echoes?: boolean;
  /** The address of the tenant of which `echoes` was learned: of any other address nothing is known. */
  readonly echoesAt?: string;
}
