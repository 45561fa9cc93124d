import { type DurationMs, minutes } from './units.ts';

/** Every length of time in the ledger's protocols (ledger.md §3, §7, §9). */
export interface TimeConstants {
  /** How long a claim holds. */
  readonly lease: DurationMs;
  /** A POST is sent only while so much of the lease is left: a stall between look and send shorter than this is harmless. */
  readonly margin: DurationMs;
  /** So long after the last send Qlik may still show late what it accepted; then "absent" is true. */
  readonly grace: DurationMs;
  /** An order that Qlik's silence keeps from being started for so long is told to people. */
  readonly longDoubt: DurationMs;
  /** A planned order that nobody claimed is looked at again. */
  readonly planned: DurationMs;
  /** An event that nobody resolved is looked at again; also a hint that nobody settled. */
  readonly unresolved: DurationMs;
  /** A parked order looks by itself whether its app is still busy. */
  readonly parkedPoll: DurationMs;
  /** A posted order whose end nobody told is asked for. */
  readonly postedPoll: DurationMs;
  /** How far behind the checkpoint the collector lists again: ends may be shown late. */
  readonly overlap: DurationMs;
  /** The longest from creation to end: 6 h in the queue and 3 h running (facts q-states-04, -05), and half an hour. */
  readonly longestReload: DurationMs;
  /** A checkpoint that would move further than this stops the collector with an alert. */
  readonly farthestJump: DurationMs;
}

/** An alert that is raised again and again is written and logged at most this often. */
export const ALERT_LULL: DurationMs = minutes(60);

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The one table of times, each multiplied by `factor`: 1, but if a benchmark on real processes makes time pass quicker.
 *
 * @param factor - above 0.
 */
export function timeConstants(factor = 1): TimeConstants {
  const scaled = (ms: number): DurationMs => (ms * factor) as DurationMs;
  return {
    lease: scaled(150 * SECOND_MS),
    margin: scaled(60 * SECOND_MS),
    grace: scaled(60 * SECOND_MS),
    longDoubt: scaled(HOUR_MS),
    planned: scaled(60 * SECOND_MS),
    unresolved: scaled(120 * SECOND_MS),
    parkedPoll: scaled(5 * MINUTE_MS),
    postedPoll: scaled(15 * MINUTE_MS),
    overlap: scaled(15 * MINUTE_MS),
    longestReload: scaled(9.5 * HOUR_MS),
    farthestJump: scaled(24 * HOUR_MS),
  };
}
