/*
 * The invoker hands on what it cannot start in this minute: it invokes itself with the rest, and that activation (run
 * of the action) goes on in the next minute.
 */

import type { Invocation } from '../../src/clients/openwhisk/invoker-port.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import type { EpochMs } from '../../src/core/units.ts';
import {
  CALL_MS,
  type FanOutPorts,
  invokeInTime,
  isTimeLeft,
  MARGIN_MS,
  PAUSES,
  repeatCall,
} from './invoke-in-time.ts';
import { RESERVE, untilNextMinuteMs } from './minute-budget.ts';

/** What is handed on, and whether somebody starts it later all the same. */
export interface HandOnWork<T> {
  /** The plan with which a later activation of the invoker starts these targets. */
  readonly restOf: (rest: readonly T[]) => Plan;
  /** How many activations have handed on the rest of this work so far: the plan's `carries`. */
  readonly handOvers: number;
  /**
   * Whether targets that are not started here are started later in any case: orders and hints by the sweep, if they are
   * due in the ledger, and named activations by the next run of the questions pipeline. Then the invoker need not wait
   * beyond `patientUntil`.
   */
  readonly willStartLater: boolean;
  /** From then on nobody may start the targets. So what could only be started later is not handed on. */
  readonly until?: EpochMs | undefined;
}

/**
 * After this many hand-overs, which take an hour, the invoker gives up. Somebody else must be using up the namespace's
 * limit each minute.
 */
const MOST_HAND_OVERS = 60;

/**
 * Hands targets to a non-blocking invocation of the invoker itself, which goes on with them in the next minute.
 *
 * If every place of the host is taken, this tries again after a pause. The pauses grow, because a refused try, too,
 * costs one of the minute's invocations.
 *
 * @returns the host's answer if the host took the targets, or may have taken them; undefined if it certainly did not.
 */
export async function handOn<T>(
  targets: readonly T[],
  { restOf, handOvers, willStartLater, until = Number.POSITIVE_INFINITY as EpochMs }: HandOnWork<T>,
  fanOutPorts: FanOutPorts,
): Promise<Extract<Invocation, { kind: 'accepted' | 'unknown' }> | undefined> {
  const nextMinute = fanOutPorts.now() + untilNextMinuteMs(fanOutPorts.now());
  if (handOvers >= MOST_HAND_OVERS || nextMinute >= until) return undefined;
  // These targets start later in any case, so handing them on may be given up sooner.
  const ports = willStartLater ? { ...fanOutPorts, deadline: lastTryAt(fanOutPorts) } : fanOutPorts;
  const plan: Plan = { ...restOf(targets), carries: handOvers + 1 };
  const invocation = await repeatCall(
    () => invokeInTime('invoker', { plan }, ports),
    ({ kind }, tries) => {
      // `backoff` does not fit here: this pause has no upper bound, and its random part only makes it shorter.
      const pauseMs = Math.max(PAUSES.firstMs * 2 ** (tries - 1), pauseForFewTriesMs(ports));
      const mayRepeat = kind === 'too-many-concurrent' && isTimeLeft(ports, pauseMs + CALL_MS);
      return mayRepeat ? pauseMs * (0.5 + 0.5 * ports.random()) : undefined;
    },
    ports,
  );
  return invocation.kind === 'accepted' || invocation.kind === 'unknown' ? invocation : undefined;
}

/** The deadline for handing on. With it, a call that found no free place is not repeated after `patientUntil`. */
const lastTryAt = ({ deadline, patientUntil }: FanOutPorts): EpochMs =>
  Math.min(deadline, patientUntil + CALL_MS + MARGIN_MS) as EpochMs;

/**
 * The least pause before the next try. It is half of the remaining time if one try is left in this minute, a quarter if
 * two are left, and so on. So a few tries last for the whole time.
 */
function pauseForFewTriesMs({ budget, limits, deadline, now }: FanOutPorts): number {
  const triesLeft = budget.left(limits.invocationsPerMinute + RESERVE);
  return (deadline - MARGIN_MS - now()) / 2 ** triesLeft;
}
