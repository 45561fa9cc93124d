import type { EpochMs } from '../../core/units.ts';
import { isBoolean, isInstant, isText, maybe, readerOf } from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/**
 * `gate:<tenant>`: what Cascade has learned about a tenant of Qlik's. The first two fields say when orders (reloads
 * that Cascade owes) may start after the tenant's rate limit was spent. Until the limit ends, they wait. Then they
 * start at slots: a slot is the instant at which one waiting order may start. The other two fields say whether the
 * tenant's records of reloads show our `resourceId`, by which Cascade recognises its own reloads. An activation is one
 * run of an action. The status 429 is Qlik's answer if the limit is spent.
 *
 * Invariant: `until` and `lastSlot` only move forward, by the store's clock. Each slot is given once, after `until` and
 * after every earlier slot. An activation that read the gate before it was shut still sends its POST. It gets 429
 * again.
 */
export interface GateDocument extends StoredAs<'gate'> {
  /** Until when the rate limit is spent and the gate is shut, by the store's clock. Absent if no limit was met. */
  readonly until?: EpochMs;
  /**
   * The last slot that a sweep (it runs every 5 minutes) gave, by the store's clock. Orders without a slot wait until
   * after it.
   */
  readonly lastSlot?: EpochMs;
  /**
   * Whether the record of a reload that is certainly ours had our `resourceId`. Absent if it is not known. True stays
   * true while the tenant keeps its address.
   */
  readonly echoes?: boolean;
  /** The tenant's address when `echoes` was learned. `echoes` holds for this address only. */
  readonly echoesAt?: string;
}

/** Reads a tenant's gate. @throws CascadeError LEDGER_MALFORMED. */
export const readGate = readerOf<GateDocument>(
  'gate',
  { until: maybe(isInstant), lastSlot: maybe(isInstant), echoes: maybe(isBoolean), echoesAt: maybe(isText) },
  /^gate:[a-z0-9-]+$/,
);

/**
 * Whether a tenant's reload records have our `resourceId`.
 *
 * @param address - the tenant's address now. If nobody knows it, the last known answer holds.
 * @returns undefined if it is unknown, or known only for an earlier address.
 */
export const echoOf = (
  gate: Pick<GateDocument, 'echoes' | 'echoesAt'> | undefined,
  address: string | undefined,
): boolean | undefined => (address === undefined || gate?.echoesAt === address ? gate?.echoes : undefined);
