import type { LabelOf } from '../../src/core/runs/facts.ts';
import { type RunSummary, summariseRun } from '../../src/core/runs/group-runs.ts';
import { reloadTimesText } from '../../src/core/runs/reload-times.ts';
import { type Since, sinceWhen } from '../../src/core/runs/since.ts';
import { outcomeWords } from '../../src/core/runs/skip-words.ts';
import { durationText, instantText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { counted } from '../terminal.ts';
import { runJson } from './json-facts.ts';
import type { LedgerContext, LedgerReport } from './ledger-command.ts';
import { readRecentRuns } from './read-recent-runs.ts';

/** Which runs to list. */
export interface RunsRequest {
  readonly limit: number;
  /** Leaves out each run whose last sign of life is earlier. Absent: no run is too old. */
  readonly since?: Since | undefined;
}

const EVER = 0 as EpochMs;
const NO_RUNS = 'No runs yet: no reload of an app in a chain has ended since the ledger began.';

/**
 * `cascade runs`: a line for each run, newest first.
 *
 * @throws CascadeError PARAMETERS_INVALID as `sinceWhen`; STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function listRuns(context: LedgerContext, { limit, since }: RunsRequest): Promise<LedgerReport> {
  const { store, paints, labelOf } = context;
  const oldest = since === undefined ? EVER : sinceWhen(since, context.now());
  const { runs, others: older, isAll, missing } = await readRecentRuns(store, { limit, oldest });
  const shown = runs.map(summariseRun);
  const isEmpty = shown.length + older === 0;
  return {
    ok: true,
    json: {
      runs: shown.map((run) => runJson(run, labelOf)),
      older,
      // Only if there may be still older runs, which were not read and not counted.
      ...(!isAll && { areMoreOlder: true }),
      missing,
    },
    lines: [
      ...runLines(shown, context, context.now()),
      ...(isEmpty ? [NO_RUNS] : []),
      ...(older > 0 || !isAll ? [paints.dim(olderText(older, isAll, since === undefined))] : []),
    ],
    notes: missing,
    isEmpty,
  };
}

/** `12 more runs not shown: give a larger --limit`. */
function olderText(older: number, isAll: boolean, isEver: boolean): string {
  const larger = isEver ? '--limit' : '--limit or --since';
  const count = older === 0 ? 'older runs' : counted(older, 'more run');
  return `${older > 0 && !isAll ? 'at least ' : ''}${count} not shown: give a larger ${larger}`;
}

function runLines(runs: readonly RunSummary[], { labelOf, paints }: LedgerContext, now: EpochMs): readonly string[] {
  const apps = inColumn(runs.map((run) => appText(run, labelOf)));
  const orders = inColumn(runs.map(ordersText));
  const times = inColumn(runs.map((run) => reloadTimesText(run.times)));
  return runs.map((run, index) =>
    [
      paints.dim(instantText(run.beganAt)),
      apps[index],
      `${run.isGoing ? paints.cyan('going   ') : 'finished'} ${lastedText(run, now).padEnd(11)}`,
      orders[index],
      // If Qlik says no times at all, there is no empty column.
      ...(times[index] === '' ? [] : [times[index]]),
      paints.dim(run.root),
    ].join('  '),
  );
}

function inColumn(texts: readonly string[]): readonly string[] {
  const width = Math.max(0, ...texts.map(({ length }) => length));
  return texts.map((text) => text.padEnd(width));
}

/** `Extract sales succeeded`, `Report by hand`. */
function appText({ app, outcome, isByHand }: RunSummary, labelOf: LabelOf): string {
  if (app === undefined) return '(its beginning is gone)';
  if (isByHand) return `${labelOf(app)} by hand`;
  return `${labelOf(app)}${outcome === undefined ? '' : ` ${outcomeWords(outcome)}`}`;
}

/** How long a run has taken until it finished, or until now: `1 h`. */
export const lastedText = ({ isGoing, beganAt, lastAt }: RunSummary, now: EpochMs): string =>
  durationText((isGoing ? now : lastAt) - beganAt);

/** `4 orders: 2 succeeded, 1 failed, 1 parked; 2 further attempts`. */
export function ordersText({ orders, outcomes, furtherAttempts }: RunSummary): string {
  const { ended = 0, ...others } = orders;
  // `ended` remains for the reloads whose outcome Cascade does not know.
  const counts = { ...outcomes, ended: ended - sum(outcomes), ...others };
  const total = sum(orders);
  if (total === 0) return 'nothing followed';
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const again = furtherAttempts === 0 ? '' : `; ${counted(furtherAttempts, 'further attempt')}`;
  return `${counted(total, 'order')}: ${parts.map(([name, count]) => `${count} ${name}`).join(', ')}${again}`;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
