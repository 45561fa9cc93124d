import { type DurationMs, days } from '../../src/core/units.ts';

/** Which documents a purge removes, in words: `final for more than 30 days`. */
export const retentionText = (retention: DurationMs): string => `final for more than ${retention / days(1)} days`;
