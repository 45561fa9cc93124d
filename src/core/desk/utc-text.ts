import type { EpochMs } from '../units.ts';

/** How messages to people say an instant, to the minute: `2026-11-29 07:06 UTC`. */
export const utcText = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
