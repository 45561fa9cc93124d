import type { LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { hasFailed, type Run, summariseRun } from '../../src/core/runs/group-runs.ts';
import { isTimedOut } from '../../src/core/runs/order-words.ts';
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
  /** The app whose reload began the run, and how that reload stands: `Sales extract succeeded`. */
  readonly beginning: string;
  /** What followed: `4 followed: 3 succeeded, 1 failed`. A reload by hand that began the run is not counted. */
  readonly followed: string;
  /**
   * The time from when its first reload was asked for until the last that is known of it. If it still goes on: until
   * now.
   */
  readonly took: string;
}

/** Describes a run in one line. */
export function runLine(run: Run, labelOf: LabelOf, now: EpochMs): RunLine {
  const { root, beganAt, isGoing, lastAt, app, outcome } = summariseRun(run);
  const byHand = run.orders.find(({ _id }) => _id === root);
  const label = app === undefined ? 'Its beginning is gone' : labelOf(app);
  const ended = outcome === undefined ? '' : ` ${outcomeWords(outcome)}`;
  const how = byHand === undefined ? ended : ` by hand: ${orderWord(byHand)}`;
  return {
    root,
    state: runState(run, isGoing, outcome),
    beganAt,
    beginning: `${label}${how}`,
    followed: followedText(run.orders.filter((order) => order !== byHand)),
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

/** How an order stands, in a word or two. */
function orderWord(order: OrderFact): string {
  const { state, outcome } = order;
  if (state !== 'ended') return STATE_WORDS[state] ?? state;
  // Cascade cancels a reload that runs too long. Such a reload counts as that, and not as canceled.
  return isTimedOut(order) ? 'ran too long' : (outcome ?? 'ended');
}

function followedText(orders: readonly OrderFact[]): string {
  if (orders.length === 0) return 'nothing followed';
  // These two come first in each text.
  const counts: Record<string, number> = { succeeded: 0, failed: 0 };
  for (const word of orders.map(orderWord)) counts[word] = (counts[word] ?? 0) + 1;
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return `${orders.length} followed: ${parts.map(([word, count]) => `${count} ${word}`).join(', ')}`;
}
