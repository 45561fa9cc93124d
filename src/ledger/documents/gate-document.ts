import type { EpochMs } from '../../core/units.ts';

/**
 * `gate:<tenant>`: the tenant's rate limit is spent until then.
 *
 * Invariant: it only ever moves on, by the store's clock; who read it before it was shut posts, and is told 429 again.
 */
export interface GateDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'gate';
  /** The store's clock. */
  readonly until: EpochMs;
}
