import { nextAttempt } from '../../src/core/runs/attempt-words.ts';
import { countWaits, waitsIn, waitsWords } from '../../src/core/runs/count-waits.ts';
import type { LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { hasFailed, type Run, summariseRun } from '../../src/core/runs/group-runs.ts';
import { isTimedOut } from '../../src/core/runs/order-words.ts';
import { outcomeWords } from '../../src/core/runs/skip-words.ts';
import { durationText } from '../../src/core/runs/time-words.ts';
import type { RememberedJoin } from '../../src/core/runs/wait-now.ts';
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
  /**
   * The app whose reload began the run: `Sales extract`, or `Sales extract by hand`. If the device does not have that
   * reload: `Its beginning is gone`.
   */
  readonly title: string;
  /**
   * The words after the title that say how that reload stands: ` succeeded`, or `: running` if it is by hand. Empty if
   * that is unknown. `state` may differ from these words, because it is about the whole run.
   */
  readonly first: string;
  /**
   * What followed: `4 followed: 3 succeeded, 1 failed`, or `nothing followed`. A reload by hand that began the run is
   * not counted. It also says if a link that waits for several apps has counted an end of this run.
   */
  readonly followed: string;
  /**
   * The time from when its first reload was asked for until the last known instant of the run, or until now if the run
   * still goes on.
   */
  readonly took: string;
}

/** Describes a run in one line. @param joins - what the links that wait for several apps remember. */
export function runLine(run: Run, joins: readonly RememberedJoin[], labelOf: LabelOf, now: EpochMs): RunLine {
  const { root, beganAt, isGoing, lastAt, app, outcome } = summariseRun(run);
  const byHand = run.orders.find(({ _id }) => _id === root);
  const label = app === undefined ? 'Its beginning is gone' : labelOf(app);
  const ended = outcome === undefined ? '' : ` ${outcomeWords(outcome)}`;
  const others = run.orders.filter((order) => order !== byHand);
  const followed = [...followedWords(others), ...waitsWords(countWaits(run, waitsIn(joins, now)))];
  return {
    root,
    state: runState(run, isGoing, outcome),
    beganAt,
    title: `${label}${byHand === undefined ? '' : ' by hand'}`,
    first: byHand === undefined ? ended : `: ${orderWord(byHand)}`,
    followed: followed.join('; ') || 'nothing followed',
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
  if (nextAttempt(order)?.at !== undefined) return 'trying again';
  if (state !== 'ended') return STATE_WORDS[state] ?? state;
  // Cascade cancels a reload that runs too long. Qlik then reports it as canceled, but people should read the cause.
  if (isTimedOut(order)) return 'ran too long';
  return outcome === 'exceeded-limit' ? outcomeWords(outcome) : (outcome ?? 'ended');
}

function followedWords(orders: readonly OrderFact[]): readonly string[] {
  if (orders.length === 0) return [];
  // These two come first in each text.
  const counts: Record<string, number> = { succeeded: 0, failed: 0 };
  for (const word of orders.map(orderWord)) counts[word] = (counts[word] ?? 0) + 1;
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return [`${orders.length} followed: ${parts.map(([word, count]) => `${count} ${word}`).join(', ')}`];
}
