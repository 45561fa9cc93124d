import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { joinId } from '../../src/core/document-ids.ts';
import { hasFailed, type Run, summariseRun } from '../../src/core/runs/group-runs.ts';
import { treesOf } from '../../src/core/runs/run-tree.ts';
import { type RememberedJoin, type WaitNow, type WaitSkip, waitNow } from '../../src/core/runs/wait-now.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readJoin } from '../../src/ledger/documents/join.ts';
import { nodeJson, runJson } from './json-facts.ts';
import type { LedgerContext, LedgerReport } from './ledger-command.ts';
import { lastedText, ordersText } from './list-runs.ts';
import { readDocuments } from './read-documents.ts';
import { readRunsOf } from './read-run.ts';
import { treeLines } from './tree-lines.ts';

/**
 * `cascade runs <run>`: shows one run as a tree: a first reload, and the reloads that follow from it. The report is not `ok` if a
 * reload of the run failed or was given up.
 *
 * @param text - the id of an event, an order or a reload of the run.
 * @throws CascadeError PARAMETERS_INVALID if no run, or more than one, has this id.
 */
export async function showRun(context: LedgerContext, text: string): Promise<LedgerReport> {
  const { store, labelOf, paints } = context;
  const { runs, missing } = await readRunsOf(store, text);
  const run = runWith(runs, text);
  const now = context.now();
  const summary = summariseRun(run);
  const trees = treesOf(run);
  const waitOf = await waitsOf(run, store, now);
  const state = summary.isGoing ? paints.cyan('still going') : 'finished';
  return {
    ok: !hasFailed(run),
    json: {
      run: { ...runJson(summary, labelOf), tree: trees.map((node) => nodeJson(node, labelOf, waitOf)) },
      missing,
    },
    lines: [
      `${paints.bold(run.root)}  ${state}, ${lastedText(summary, now)}; ${ordersText(summary)}`,
      ...trees.flatMap((node) => treeLines(node, { labelOf, now, paints, waitOf })),
    ],
    notes: missing,
  };
}

/**
 * Some links wait for the ends of several apps, and remember these ends. Reads what the links of a run remember. Returns a function
 * that finds what has become of an end that waited.
 */
async function waitsOf(
  { events }: Run,
  store: CouchPort,
  now: EpochMs,
): Promise<(skip: WaitSkip) => WaitNow | undefined> {
  const waits = events.flatMap(({ skips = [] }) =>
    skips.flatMap((skip) => (skip.reason === 'waits-for' ? [skip] : [])),
  );
  const prefixes = new Set(waits.map(({ target }) => joinId({ target, clause: '' })));
  const joins: RememberedJoin[] = [];
  for (const prefix of prefixes) joins.push(...(await readDocuments(store, prefix, readJoin)).found);
  return (skip) => waitNow(skip, joins, now);
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
