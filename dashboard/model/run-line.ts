import type { LabelOf } from '../../src/core/runs/facts.ts';
import { hasFailed, type Run, summariseRun } from '../../src/core/runs/group-runs.ts';
import { outcomeWords } from '../../src/core/runs/skip-words.ts';
import { durationText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { MarkState } from './mark.ts';

/**
 * A run in one line: what began it, what followed, and how long it took. A run is a first reload, and all reloads that
 * follow from it. The view Runs shows such lines in its list, above one run, and at the columns of its grid.
 */
export interface RunLine {
  readonly root: string;
  readonly state: MarkState;
  readonly beganAt: EpochMs;
  /** The app whose reload began the run, and how it began: `Sales extract succeeded`. */
  readonly beginning: string;
  /** What followed: `4 followed: 3 succeeded, 1 failed`. */
  readonly followed: string;
  /**
   * The time from when its first reload was asked for until the last that is known of it. If it still goes on: until
   * now.
   */
  readonly took: string;
}

/** Describes a run in one line. */
export function runLine(run: Run, labelOf: LabelOf, now: EpochMs): RunLine {
  const summary = summariseRun(run);
  const { root, beganAt, isGoing, lastAt, app, isByHand, outcome } = summary;
  const label = app === undefined ? 'Its beginning is gone' : labelOf(app);
  const how = isByHand ? ' by hand' : outcome === undefined ? '' : ` ${outcomeWords(outcome)}`;
  return {
    root,
    state: runState(run, isGoing, outcome),
    beganAt,
    beginning: `${label}${how}`,
    followed: followedText(summary),
    took: durationText((isGoing ? now : lastAt) - askedAt(run, beganAt)),
  };
}

/**
 * When the first reload of a run was asked for. If Qlik does not say that, when it began to run, or else when the run
 * began.
 */
const askedAt = ({ root, events }: Run, beganAt: EpochMs): EpochMs => {
  const { createdAt, startedAt } = events.find(({ _id }) => _id === root) ?? {};
  return createdAt ?? startedAt ?? beganAt;
};

/** The words for states of orders (reloads that Cascade owes). A state that is not here is its own word. */
const STATE_WORDS: Readonly<Partial<Record<string, string>>> = {
  posted: 'running',
  claimed: 'being started',
  planned: 'owed',
  parked: 'waiting',
  unknown: 'in doubt',
  'gave-up': 'given up',
  'called-off': 'called off',
};

function runState(run: Run, isGoing: boolean, outcome: string | undefined): MarkState {
  if (isGoing) return 'running';
  if (hasFailed(run)) return 'failed';
  const isCalledOff = run.events.length === 0 && run.orders.every(({ state }) => state === 'called-off');
  return outcome === 'canceled' || isCalledOff ? 'canceled' : 'succeeded';
}

function followedText({ orders, outcomes, timedOut }: ReturnType<typeof summariseRun>): string {
  const total = sum(orders);
  if (total === 0) return 'nothing followed';
  const { ended = 0, ...others } = orders;
  const counts: Readonly<Record<string, number>> = {
    // These two come first in each text.
    ...{ succeeded: 0, failed: 0 },
    ...outcomes,
    // Cascade cancels a reload that runs too long. Such a reload counts here as that, and not as canceled, too.
    canceled: (outcomes.canceled ?? 0) - timedOut,
    'ran too long': timedOut,
    ended: ended - sum(outcomes),
    ...others,
  };
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return `${total} followed: ${parts.map(([name, count]) => `${count} ${STATE_WORDS[name] ?? name}`).join(', ')}`;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
