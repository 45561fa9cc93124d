import { CascadeError } from '../../src/core/cascade-error.ts';
import { paintsOf } from '../../src/core/paint.ts';
import { groupRuns, hasFailed, type Run, summariseRun } from '../../src/core/runs/group-runs.ts';
import { treesOf } from '../../src/core/runs/run-tree.ts';
import { durationText } from '../../src/core/runs/time-words.ts';
import { EXIT, type ExitCode, writeJson } from '../terminal.ts';
import { nodeJson, runJson } from './json-facts.ts';
import type { LedgerContext } from './ledger-command.ts';
import { ordersText } from './list-runs.ts';
import { readHistory } from './read-history.ts';
import { treeLines } from './tree-lines.ts';

/**
 * `cascade runs <run>`: one run as a tree.
 *
 * @param text - the id of an event or an order in it, or a reload id.
 * @returns 1 if a reload of the run failed or was given up.
 * @throws CascadeError PARAMETERS_INVALID if no run, or more than one, has it.
 */
export async function showRun(context: LedgerContext, text: string): Promise<ExitCode> {
  const { store, terminal, labelOf, json } = context;
  const { missing, ...history } = await readHistory(store);
  const run = runWith(groupRuns(history), text);
  const now = context.now();
  const summary = summariseRun(run);
  const trees = treesOf(run);
  const isBad = hasFailed(run);
  const code = isBad ? EXIT.problems : EXIT.ok;
  if (json) {
    const tree = trees.map((node) => nodeJson(node, labelOf));
    writeJson(terminal, { ok: !isBad, run: { ...runJson(summary, labelOf), tree }, missing });
    return code;
  }
  const paints = paintsOf(terminal.colored);
  const lasted = durationText((summary.isGoing ? now : summary.lastAt) - summary.beganAt);
  const state = summary.isGoing ? paints.cyan('still going') : 'finished';
  terminal.write(`${paints.bold(run.root)}  ${state}, ${lasted}; ${ordersText(summary)}\n`);
  for (const node of trees) for (const line of treeLines(node, { labelOf, now, paints })) terminal.write(`${line}\n`);
  for (const one of missing) terminal.writeError(`${one}\n`);
  return code;
}

function runWith(runs: readonly Run[], text: string): Run {
  const found = runs.filter(
    ({ root, events, orders }) =>
      root === text ||
      events.some(({ _id, reloadId }) => _id === text || reloadId === text) ||
      orders.some(({ _id, reloadId }) => _id === text || reloadId === text),
  );
  const [run] = found;
  if (run !== undefined && found.length === 1) return run;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    run === undefined
      ? `No run has "${text}". Give the id of an event or an order, or a reload id, as cascade runs prints them.`
      : `Several runs have "${text}": give one of ${found.map(({ root }) => root).join(', ')}.`,
  );
}
