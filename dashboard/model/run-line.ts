import type { LabelOf } from '../../src/core/runs/facts.ts';
import { hasFailed, type Run, summariseRun } from '../../src/core/runs/group-runs.ts';
import { outcomeWords } from '../../src/core/runs/skip-words.ts';
import { durationText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { MarkState } from './mark.ts';

/** A run as the list shows it. */
export interface RunLine {
  readonly root: string;
  readonly state: MarkState;
  readonly beganAt: EpochMs;
  /** The app whose reload began the run, and how it began: `Sales extract succeeded`. */
  readonly beginning: string;
  /** What followed: `4 followed: 3 succeeded, 1 failed`. */
  readonly followed: string;
  /** How long it has taken since its first reload was asked for, until its last reload ended or until now. */
  readonly took: string;
}

/** Describes a run in one line of the list. */
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

/** When the first reload of a run was asked for; if Qlik does not say it, when that reload ended. */
const askedAt = ({ root, events }: Run, beganAt: EpochMs): EpochMs => {
  const { createdAt, startedAt } = events.find(({ _id }) => _id === root) ?? {};
  return createdAt ?? startedAt ?? beganAt;
};

/** What people read for the states of orders without an end. */
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
    // First in an order that is the same for all runs.
    ...{ succeeded: 0, failed: 0 },
    ...outcomes,
    // An order whose reload ran too long was canceled by Cascade. It is said once, and not as canceled, too.
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
