import { type DurationMs, minutes } from './units.ts';

/** An alert that is raised again and again is written, and told in the log, no more often than this. */
export const ALERT_LULL: DurationMs = minutes(60);
