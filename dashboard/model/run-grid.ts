/*
 * The grid of the view Runs shows the newest runs side by side, so that a person sees which app fails again and again.
 * A run is a first reload, and all reloads that follow from it. Each column of the grid is a run, and each row an app.
 * A cell says how the app's reload in that run ended, or how it stands.
 */

import { type AppKey, type AppRef, appKey } from '../../src/core/names.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import { hasFailed, type Run } from '../../src/core/runs/group-runs.ts';
import { type RunNode, treesOf } from '../../src/core/runs/run-tree.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type MarkState, nodeState } from './mark.ts';
import { type RunLine, runLine } from './run-line.ts';

/** The most runs that the grid shows. */
export const GRID_RUNS = 30;

/** Which runs the list and the grid show. */
export type RunFilter = 'all' | 'failed';

/** The runs that a filter lets pass, in the same order. */
export const filterRuns = (runs: readonly Run[], filter: RunFilter): readonly Run[] =>
  filter === 'failed' ? runs.filter(hasFailed) : runs;

/** How an app stands in one run. */
export interface GridCell {
  readonly state: MarkState;
  /**
   * How many reloads of the app the run has; the attempts of an order count as one. If there are several, `state` is
   * the one that matters most to a person.
   */
  readonly count: number;
}

/** One app, and how it stands in each run. */
export interface GridRow {
  readonly app: AppKey;
  readonly label: string;
  /** A cell for each run, in the same order; undefined if the run has no reload of the app. */
  readonly cells: readonly (GridCell | undefined)[];
}

/** The newest runs, the newest first, and the apps that they reloaded, in the order of their names. */
export interface RunGrid {
  readonly runs: readonly RunLine[];
  readonly rows: readonly GridRow[];
}

/** Puts the newest runs side by side. @param runs - the newest one first. */
export function runGrid(runs: readonly Run[], labelOf: LabelOf, now: EpochMs): RunGrid {
  const shown = runs.slice(0, GRID_RUNS);
  const cellsOfRuns = shown.map(cellsOf);
  const apps = new Map<AppKey, AppRef>(cellsOfRuns.flatMap((cells) => [...cells].map(([key, { app }]) => [key, app])));
  return {
    // The grid does not say what followed, so it needs no links.
    runs: shown.map((run) => runLine(run, [], labelOf, now)),
    rows: [...apps]
      .map(([key, app]) => ({
        app: key,
        label: labelOf(app),
        cells: cellsOfRuns.map((cells) => cells.get(key)?.cell),
      }))
      .sort((a, b) => compare(a.label, b.label) || compare(a.app, b.app)),
  };
}

interface FoundCell {
  readonly app: AppRef;
  readonly cell: GridCell;
}

function cellsOf(run: Run): ReadonlyMap<AppKey, FoundCell> {
  const cells = new Map<AppKey, FoundCell>();
  for (const node of flat(treesOf(run))) {
    const key = appKey(node.app);
    const known = cells.get(key)?.cell;
    const states = [nodeState(node), ...(known === undefined ? [] : [known.state])];
    const state = states.reduce((first, each) => (URGENCY.indexOf(each) < URGENCY.indexOf(first) ? each : first));
    cells.set(key, { app: node.app, cell: { state, count: (known?.count ?? 0) + 1 } });
  }
  return cells;
}

const flat = (nodes: readonly RunNode[]): readonly RunNode[] =>
  nodes.flatMap((node) => [node, ...flat(node.followers)]);

/** If a run has several reloads of an app, the cell shows the state that comes first in this list. */
const URGENCY: readonly MarkState[] = ['failed', 'retrying', 'running', 'waiting', 'succeeded', 'canceled', 'unknown'];

/** A cell of the grid: the number of its row and of its column, each from 0. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/**
 * Finds the cell to which a key leads from another one. Undefined if the grid does not use this key, or if there is no
 * cell in that direction.
 *
 * @param key - as in `KeyboardEvent.key`. The grid uses the arrows, Home and End.
 * @param isCtrl - with Ctrl, Home and End lead to the first and the last cell of the grid. Without it, to those of the
 *   row.
 * @param size - how many rows and columns the grid has.
 */
export function placeAfterKey(
  { row, column }: CellPlace,
  key: string,
  isCtrl: boolean,
  size: { readonly rows: number; readonly columns: number },
): CellPlace | undefined {
  const next = moves({ row, column }, size, isCtrl)[key];
  if (next === undefined || next.row < 0 || next.row >= size.rows) return undefined;
  if (next.column < 0 || next.column >= size.columns || (next.row === row && next.column === column)) return undefined;
  return next;
}

const moves = (
  { row, column }: CellPlace,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  isCtrl: boolean,
): Readonly<Record<string, CellPlace>> => ({
  ArrowLeft: { row, column: column - 1 },
  ArrowRight: { row, column: column + 1 },
  ArrowUp: { row: row - 1, column },
  ArrowDown: { row: row + 1, column },
  Home: { row: isCtrl ? 0 : row, column: 0 },
  End: { row: isCtrl ? rows - 1 : row, column: columns - 1 },
});

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
