import type { EpochMs } from '../../core/units.ts';

/** `gate:<tenant>`: the tenant's rate limit is spent until then; nothing is posted before. It only ever moves on. */
export interface GateDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'gate';
  /** The store's clock. */
  readonly until: EpochMs;
}
