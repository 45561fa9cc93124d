import { type DurationMs, minutes, seconds } from './units.ts';

/**
 * How long the actions wait for each other and for Qlik (docs/ledger.md, "Times"). They are in one table, so that
 * benchmarks can make all of them shorter.
 *
 * An order is a reload that Cascade owes. The action `reload` claims it, and asks Qlik for the reload with a POST. An
 * event is a reload that ended. A hint is a webhook about which Cascade must ask Qlik. The sweep runs every 5 minutes,
 * and takes up what was left undone.
 */
export interface TimeConstants {
  /** How long an activation that has claimed an order may work on it. */
  readonly lease: DurationMs;
  /**
   * A POST is sent only if at least this much of the lease is left. So a shorter stall of the activation does no harm.
   */
  readonly margin: DurationMs;
  /** How late Qlik may show a reload after the last POST. If Qlik does not show it then, it counts as not started. */
  readonly grace: DurationMs;
  /** If Qlik gives no clear answer for this long, Cascade raises an alert that an order is not started. */
  readonly longDoubt: DurationMs;
  /** After this time the sweep takes up an order that nobody claimed, or whose merge or call-off nobody finished. */
  readonly planned: DurationMs;
  /** After this time the sweep takes up an event if nobody decided what follows, or a hint if nobody asked Qlik. */
  readonly unresolved: DurationMs;
  /**
   * The invoker starts what follows an event, and the storer records the event, at the same time. If one of them has
   * not finished this long after the other, the sweep takes the event up.
   */
  readonly unrecorded: DurationMs;
  /** After this time the sweep looks whether the app of a parked order (it waits for its busy app) is still busy. */
  readonly parkedPoll: DurationMs;
  /** If nobody has reported the end of an order's reload this long after its start, the sweep asks Qlik for it. */
  readonly postedPoll: DurationMs;
  /** The time between two slots. Orders that wait for a tenant's rate limit get slots: at each one order may start. */
  readonly slotSpacing: DurationMs;
  /** How far ahead a sweep gives slots: the time between two sweeps. */
  readonly slotsAhead: DurationMs;
  /** How long an order whose slot has come waits in its activation for a tenant that refuses it for a moment. */
  readonly slotPatience: DurationMs;
  /**
   * A tenant's gate is the document that says until when the tenant's rate limit is spent. If an activation read it
   * longer ago than this, it reads it again before a POST.
   */
  readonly gateFresh: DurationMs;
  /** How far back the sweep lists again what it has listed already, because Qlik may list an end late. */
  readonly overlap: DurationMs;
  /**
   * The longest time from a reload's creation to its end: 6 h in the queue, 3 h running (facts q-states-04, -05), and
   * half an hour more.
   */
  readonly longestReload: DurationMs;
  /**
   * If the sweep finds an unknown end that is older than this, it raises an alert and starts nothing for that tenant.
   */
  readonly farthestJump: DurationMs;
}

/** If an alert (something that a person should look at) is raised again, it is written at most once in this time. */
export const ALERT_LULL: DurationMs = minutes(60);

/** People get an alert again after this time, if it is still raised. */
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
    slotPatience: scaled(seconds(10)),
    gateFresh: scaled(seconds(10)),
    overlap: scaled(minutes(15)),
    longestReload: scaled(minutes(9.5 * 60)),
    farthestJump: scaled(minutes(24 * 60)),
  };
}
