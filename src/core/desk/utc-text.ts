import type { EpochMs } from '../units.ts';

/** `2026-11-29 07:06 UTC`: as messages say an instant. */
export const utcText = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
