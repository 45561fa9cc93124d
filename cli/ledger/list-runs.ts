/*
 * `cascade runs` lists what happened: a line for each of the newest runs. A run is a first reload, and all reloads that
 * followed from it. This file reads the runs and makes the lines.
 */

import { countWaits, type RunWaits, waitsWords } from '../../src/core/runs/count-waits.ts';
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
import { waitsOf } from './waits-of.ts';

/** Which runs to list. */
export interface RunsRequest {
  readonly limit: number;
  /** A run is left out if nothing has happened in it since this time. Absent: no run is too old. */
  readonly since?: Since | undefined;
}

const EVER = 0 as EpochMs;
const NO_RUNS = 'No runs yet: no reload of an app in a chain has ended since the ledger began.';

/**
 * `cascade runs`: makes a line for each of the newest runs, at most `limit`, the newest first.
 *
 * @throws CascadeError PARAMETERS_INVALID as `sinceWhen`; STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function listRuns(context: LedgerContext, { limit, since }: RunsRequest): Promise<LedgerReport> {
  const { store, paints, labelOf } = context;
  const oldest = since === undefined ? EVER : sinceWhen(since, context.now());
  const { runs, leftOut, isAll, missing } = await readRecentRuns(store, { limit, oldest });
  const now = context.now();
  const ends = runs.flatMap(({ events }) => events);
  const waits = await waitsOf(ends, context, now);
  const shown = runs.map((run) => ({ run: summariseRun(run), waits: countWaits(run, waits) }));
  const isEmpty = shown.length + leftOut === 0;
  return {
    ok: true,
    json: {
      runs: shown.map(({ run, waits }) => runJson(run, waits, labelOf)),
      older: leftOut,
      // The command may stop reading before the beginning. Then there may be runs that are not counted in `older`.
      ...(!isAll && { areMoreOlder: true }),
      missing,
    },
    lines: [
      ...runLines(shown, context, now),
      ...(isEmpty ? [NO_RUNS] : []),
      ...(leftOut > 0 || !isAll ? [paints.dim(leftOutText(leftOut, isAll, since === undefined))] : []),
    ],
    notes: missing,
    isEmpty,
  };
}

/** A line like `12 more runs not shown: give a larger --limit`. */
function leftOutText(leftOut: number, isAll: boolean, isEver: boolean): string {
  const larger = isEver ? '--limit' : '--limit or --since';
  const count = leftOut === 0 ? 'older runs' : counted(leftOut, 'more run');
  return `${leftOut > 0 && !isAll ? 'at least ' : ''}${count} not shown: give a larger ${larger}`;
}

/** A run as the list shows it. */
interface ShownRun {
  readonly run: RunSummary;
  readonly waits: RunWaits;
}

function runLines(shown: readonly ShownRun[], { labelOf, paints }: LedgerContext, now: EpochMs): readonly string[] {
  const apps = inColumn(shown.map(({ run }) => appText(run, labelOf)));
  const orders = inColumn(shown.map(({ run, waits }) => ordersText(run, waits)));
  const times = inColumn(shown.map(({ run }) => reloadTimesText(run.times)));
  return shown.map(({ run }, index) =>
    [
      paints.dim(instantText(run.beganAt)),
      apps[index],
      `${run.isGoing ? paints.cyan('going   ') : 'finished'} ${lastedText(run, now).padEnd(11)}`,
      orders[index],
      // If Qlik gave no times for any of these runs, this column is left out.
      ...(times[index] === '' ? [] : [times[index]]),
      paints.dim(run.root),
    ].join('  '),
  );
}

function inColumn(texts: readonly string[]): readonly string[] {
  const width = Math.max(0, ...texts.map(({ length }) => length));
  return texts.map((text) => text.padEnd(width));
}

/** How a run began, such as `Extract sales succeeded` or `Report by hand`. */
function appText({ app, outcome, isByHand }: RunSummary, labelOf: LabelOf): string {
  if (app === undefined) return '(its beginning is gone)';
  if (isByHand) return `${labelOf(app)} by hand`;
  return `${labelOf(app)}${outcome === undefined ? '' : ` ${outcomeWords(outcome)}`}`;
}

/** How long a run has taken until it finished, or until now: `1 h`. */
export const lastedText = ({ isGoing, beganAt, lastAt }: RunSummary, now: EpochMs): string =>
  durationText((isGoing ? now : lastAt) - beganAt);

/**
 * What followed in a run: `4 orders: 2 succeeded, 1 failed, 1 parked; 2 further attempts; 1 link waits for other apps`.
 */
export function ordersText(run: RunSummary, waits: RunWaits): string {
  const parts = [
    ...(sum(run.orders) === 0 ? [] : [countsText(run)]),
    ...(run.furtherAttempts === 0 ? [] : [counted(run.furtherAttempts, 'further attempt')]),
    ...waitsWords(waits),
  ];
  return parts.length === 0 ? 'nothing followed' : parts.join('; ');
}

/**
 * The run's orders (reloads that Cascade owes or has started) by their state: `4 orders: 2 succeeded, 1 failed, 1
 * parked`. A parked order waits because its app is busy.
 */
function countsText({ orders, outcomes, timedOut }: RunSummary): string {
  const { ended = 0, ...others } = orders;
  // An ended order is counted under its outcome. If Cascade does not know the outcome, the order is counted as `ended`.
  const unknown = ended - sum(outcomes);
  // A reload that ran too long was canceled. Its order is counted as `timed out`, and not as `canceled`, too.
  const canceled = (outcomes.canceled ?? 0) - timedOut;
  const counts = { ...outcomes, canceled, 'timed out': timedOut, ended: unknown, ...others };
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return `${counted(sum(orders), 'order')}: ${parts.map(([name, count]) => `${count} ${name}`).join(', ')}`;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
