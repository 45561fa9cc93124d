/*
 * `cascade runs <run>` shows one run as a tree, so that a person sees which reload started which. This file reads the
 * run and makes the report.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import { countWaits } from '../../src/core/runs/count-waits.ts';
import { hasFailed, type Run, summariseRun } from '../../src/core/runs/group-runs.ts';
import { reloadTimesText } from '../../src/core/runs/reload-times.ts';
import { treesOf } from '../../src/core/runs/run-tree.ts';
import { nodeJson, runJson } from './json-facts.ts';
import type { LedgerContext, LedgerReport } from './ledger-command.ts';
import { lastedText, ordersText } from './list-runs.ts';
import { readRunsOf } from './read-run.ts';
import { treeLines } from './tree-lines.ts';
import { waitsOf } from './waits-of.ts';

/**
 * `cascade runs <run>`: shows one run as a tree: a first reload, and the reloads that follow from it. The report is not
 * `ok` if a reload of the run failed for good, ran too long or was given up.
 *
 * @param text - the id of an event (a reload that ended), an order (a reload that Cascade owes) or a reload of the run.
 * @throws CascadeError PARAMETERS_INVALID if no run, or more than one, has this id; STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function showRun(context: LedgerContext, text: string): Promise<LedgerReport> {
  const { store, labelOf, paints } = context;
  const { runs, missing } = await readRunsOf(store, text);
  const run = runWith(runs, text);
  const now = context.now();
  const summary = summariseRun(run);
  const trees = treesOf(run);
  const remembered = await waitsOf(run.events, context, now);
  const { waitOf } = remembered;
  const waits = countWaits(run, remembered);
  const state = summary.isGoing ? paints.cyan('still going') : 'finished';
  return {
    ok: !hasFailed(run),
    json: {
      run: { ...runJson(summary, waits, labelOf), tree: trees.map((node) => nodeJson(node, labelOf, waitOf)) },
      missing,
    },
    lines: [
      `${paints.bold(run.root)}  ${[`${state}, ${lastedText(summary, now)}`, ordersText(summary, waits), reloadTimesText(summary.times)].filter((text) => text !== '').join('; ')}`,
      ...trees.flatMap((node) => treeLines(node, { labelOf, now, paints, waitOf })),
    ],
    notes: missing,
  };
}

function runWith(runs: readonly Run[], text: string): Run {
  const found = runs.filter(
    ({ root, events, orders }) =>
      root === text || [...events, ...orders].some(({ _id, reloadId }) => _id === text || reloadId === text),
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
