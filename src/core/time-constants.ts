import { type DurationMs, minutes, seconds } from './units.ts';

/**
 * How long the actions wait for each other and for Qlik (docs/ledger.md, "Times"). An order is a reload that Cascade owes. An
 * event is a reload that ended. A hint is a webhook about which Cascade must ask Qlik. The sweep, every 5 minutes, takes up
 * what was left undone.
 */
export interface TimeConstants {
  /** How long an activation that has claimed an order may work on it. */
  readonly lease: DurationMs;
  /** A POST is sent only if at least this much of the lease is left. So a shorter stall before the send does no harm. */
  readonly margin: DurationMs;
  /** How late Qlik may show a reload after our last send. After that, a reload that Qlik does not show counts as not started. */
  readonly grace: DurationMs;
  /** After this time without a clear answer of Qlik's, people are alerted that an order is not started. */
  readonly longDoubt: DurationMs;
  /** After this time the sweep takes up a planned order that nobody claimed. */
  readonly planned: DurationMs;
  /** After this time the sweep takes up an event that nobody resolved, or a hint that nobody settled. */
  readonly unresolved: DurationMs;
  /** The invoker and the storer finish an event beside each other. After one is done, the sweep gives the other this time. */
  readonly unrecorded: DurationMs;
  /** After this time the sweep takes up a parked order, to look whether its app is still busy. */
  readonly parkedPoll: DurationMs;
  /** After this time the sweep asks Qlik for the end of a posted order. */
  readonly postedPoll: DurationMs;
  /**
   * The time between two slots. A slot is the instant at which one order may start that waits for its tenant's rate
   * limit.
   */
  readonly slotSpacing: DurationMs;
  /** How far ahead a sweep gives slots: the time between two sweeps. */
  readonly slotsAhead: DurationMs;
  /**
   * A tenant's gate is the document that says until when its rate limit is spent. If it was read longer ago than this, it is
   * read again before a POST.
   */
  readonly gateFresh: DurationMs;
  /** How far back the sweep lists ends that it has seen already, because Qlik may list an end late. */
  readonly overlap: DurationMs;
  /**
   * The longest time from a reload's creation to its end: 6 h in the queue, 3 h running (facts q-states-04, -05), and
   * half an hour more.
   */
  readonly longestReload: DurationMs;
  /** If the sweep finds an unknown end that is older than this, it raises an alert and starts nothing for that tenant. */
  readonly farthestJump: DurationMs;
}

/** If an alert is raised again and again, it is written and logged at most once in this time. */
export const ALERT_LULL: DurationMs = minutes(60);

/** An alert that is still raised is sent to people again after this time. */
export const TOLD_AGAIN: DurationMs = minutes(24 * 60);

/**
 * All lengths of time, multiplied by `factor`. The factor is 1, except in benchmarks on real processes.
 *
 * @param factor - above 0.
 */
export function timeConstants(factor = 1): TimeConstants {
  const scaled = (time: DurationMs): DurationMs => (time * factor) as DurationMs;
  return {
    lease: scaled(seconds(150)),
    margin: scaled(seconds(60)),
    grace: scaled(seconds(60)),
    longDoubt: scaled(minutes(60)),
    planned: scaled(seconds(60)),
    unresolved: scaled(minutes(2)),
    unrecorded: scaled(seconds(60)),
    parkedPoll: scaled(minutes(5)),
    postedPoll: scaled(minutes(15)),
    // Qlik takes 250 POSTs in five minutes (fact q-rate-01): one in 1.2 s. With 1.225 s, 250 slots take 6 s longer than
    // five minutes. So an order may start a little late.
    slotSpacing: scaled(seconds(1.225)),
    slotsAhead: scaled(minutes(5)),
    gateFresh: scaled(seconds(10)),
    overlap: scaled(minutes(15)),
    longestReload: scaled(minutes(9.5 * 60)),
    farthestJump: scaled(minutes(24 * 60)),
  };
}
