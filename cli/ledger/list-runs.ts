import { type Paints, paintsOf } from '../../src/core/paint.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import { groupRuns, type RunSummary, summariseRun } from '../../src/core/runs/group-runs.ts';
import { type Since, sinceWhen } from '../../src/core/runs/since.ts';
import { outcomeWords } from '../../src/core/runs/skip-words.ts';
import { durationText, instantText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { counted, EXIT, type ExitCode, writeJson } from '../terminal.ts';
import { runJson } from './json-facts.ts';
import type { LedgerContext } from './ledger-command.ts';
import { readHistory } from './read-history.ts';

/** Which runs are asked for. */
export interface RunsRequest {
  readonly limit: number;
  /** Older runs are left out; all where absent. */
  readonly since?: Since;
}

/** `cascade runs`: the runs in lines, newest first. */
export async function listRuns(context: LedgerContext, { limit, since }: RunsRequest): Promise<ExitCode> {
  const { store, terminal, labelOf, json } = context;
  const { missing, ...history } = await readHistory(store);
  const now = context.now();
  const oldest = since === undefined ? undefined : sinceWhen(since, now);
  const all = groupRuns(history).map(summariseRun);
  const asked = all.filter(({ lastAt }) => oldest === undefined || lastAt >= oldest);
  const shown = asked.slice(0, limit);
  const older = all.length - shown.length;
  if (all.length === 0) context.nameLedger?.();
  if (json) {
    writeJson(terminal, { ok: true, runs: shown.map((run) => runJson(run, labelOf)), older, missing });
    return EXIT.ok;
  }
  const paints = paintsOf(terminal.colored);
  const width = widest(shown.map((run) => appText(run, labelOf)));
  const ordersWidth = widest(shown.map(ordersText));
  for (const run of shown) terminal.write(`${runLine(run, { labelOf, now, width, ordersWidth, paints })}\n`);
  if (shown.length === 0)
    terminal.write(
      all.length === 0 ? 'No runs yet: no reload of an app in a chain has ended since the ledger began.\n' : '',
    );
  if (older > 0)
    terminal.write(
      `${paints.dim(
        `${counted(older, 'more run')} not shown: give a larger ${since === undefined ? '--limit' : '--limit or --since'}`,
      )}\n`,
    );
  for (const text of missing) terminal.writeError(`${text}\n`);
  return EXIT.ok;
}

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length));

interface LineTools {
  readonly labelOf: LabelOf;
  readonly now: EpochMs;
  readonly width: number;
  readonly ordersWidth: number;
  readonly paints: Paints;
}

function runLine(run: RunSummary, { labelOf, now, width, ordersWidth, paints }: LineTools): string {
  const going = run.isGoing ? paints.cyan('going   ') : 'finished';
  const lasted = durationText((run.isGoing ? now : run.lastAt) - run.beganAt);
  return [
    paints.dim(instantText(run.beganAt)),
    appText(run, labelOf).padEnd(width),
    `${going} ${lasted.padEnd(11)}`,
    ordersText(run).padEnd(ordersWidth),
    paints.dim(run.root),
  ].join('  ');
}

/** `Extract sales succeeded`, `Report by hand`. */
function appText({ app, outcome, isByHand }: RunSummary, labelOf: LabelOf): string {
  if (app === undefined) return '(its beginning is gone)';
  if (isByHand) return `${labelOf(app)} by hand`;
  return `${labelOf(app)}${outcome === undefined ? '' : ` ${outcomeWords(outcome)}`}`;
}

/** `4 orders: 2 succeeded, 1 failed, 1 parked`. */
export function ordersText({ orders, outcomes }: RunSummary): string {
  const { ended = 0, ...others } = orders;
  const known = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const total = Object.values(orders).reduce((sum, count) => sum + count, 0);
  if (total === 0) return 'nothing followed';
  const counts: readonly (readonly [string, number])[] = [
    ...Object.entries(outcomes),
    ...(ended > known ? [['ended', ended - known] as const] : []),
    ...Object.entries(others),
  ];
  return `${counted(total, 'order')}: ${counts.map(([name, count]) => `${count} ${name}`).join(', ')}`;
}
