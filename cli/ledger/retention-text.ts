import { type DurationMs, days } from '../../src/core/units.ts';

/**
 * Which documents a purge of the ledger (Cascade's memory) removes, in words: `final for more than 30 days`. A document
 * is final if nothing is left to do with it.
 */
export const retentionText = (retention: DurationMs): string => `final for more than ${retention / days(1)} days`;
