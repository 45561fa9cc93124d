import type { EpochMs } from '../../core/units.ts';
import { isBoolean, isInstant, isText, maybe, readerOf } from '../document-reader.ts';

/**
 * `gate:<tenant>`: until when the tenant's rate limit is spent, and whether its records give our `resourceId` back.
 *
 * Invariant: `until` only moves forward, by the store's clock. A worker that read the gate before it was shut sends its
 * POST, and gets 429 again. `echoes` is written after Cascade has seen the record of a reload that is certainly its
 * own. True stays true while the tenant keeps its address.
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

/** Reads until when a tenant takes no reload, and whether it gives our `resourceId` back. @throws CascadeError LEDGER_MALFORMED. */
export const readGate = readerOf<GateDocument>(
  'gate',
  { until: maybe(isInstant), echoes: maybe(isBoolean), echoesAt: maybe(isText) },
  /^gate:[a-z0-9-]+$/,
);

/**
 * Whether a tenant gives our `resourceId` back.
 *
 * @param address - where it is now; undefined if no deployment said it: then what was learned last holds.
 * @returns undefined if nobody knows, or only of where it was before.
 */
export const echoOf = (
  gate: Pick<GateDocument, 'echoes' | 'echoesAt'> | undefined,
  address: string | undefined,
): boolean | undefined => (address === undefined || gate?.echoesAt === address ? gate?.echoes : undefined);
