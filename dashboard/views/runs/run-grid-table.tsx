import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Run } from '../../../src/core/runs/group-runs.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { MARKS } from '../../model/mark.ts';
import { type CellPlace, type GridCell, type GridRow, placeAfterKey, runGrid } from '../../model/run-grid.ts';
import type { RunLine } from '../../model/run-line.ts';
import { hrefToRun } from '../../model/runs-address.ts';
import { Instant, localText } from '../../ui/instant.tsx';
import type { ViewProps } from '../view.ts';

/** What the grid shows. A run is a first reload, and all reloads that follow from it. */
interface RunGridProps extends Pick<ViewProps, 'ledger' | 'now'> {
  /** The newest one first. */
  readonly runs: readonly Run[];
}

/** The cell to which the Tab key leads. It is named by run and app, so it stays the same when a new run comes. */
interface Chosen {
  readonly root: string;
  readonly app: string;
}

/**
 * Shows the newest runs as columns and the apps as rows, so that a person sees which app fails again and again. The Tab
 * key leads to only one cell; the arrow keys, Home and End lead to the others. A cell is a link to its run, so Enter
 * opens it.
 */
export function RunGridTable({ runs, ledger, now }: RunGridProps) {
  const grid = runGrid(runs, ledger.labelOf, now);
  const body = useRef<HTMLTableSectionElement>(null);
  const chosen = useSignal<Chosen | undefined>(undefined);
  const place = placeOf(chosen.value, grid.runs, grid.rows);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.metaKey || event.shiftKey) return;
    const size = { rows: grid.rows.length, columns: grid.runs.length };
    const next = placeAfterKey(place, event.key, event.ctrlKey, size);
    if (next === undefined) return;
    event.preventDefault();
    body.current?.rows[next.row]?.querySelectorAll('a')[next.column]?.focus();
  };
  return (
    <>
      <p>
        {grid.runs.length === 1 ? 'The newest run' : `The newest ${grid.runs.length} runs, the newest on the left`}.
        Arrow keys, Home and End move between the cells, Enter opens the run.
      </p>
      <div class="grid">
        {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA's pattern for a grid allows a table. */}
        <table role="grid" aria-label="Runs and apps" onKeyDown={onKeyDown}>
          <thead>
            <tr>
              <th scope="col">App</th>
              {grid.runs.map((run) => (
                <th key={run.root} scope="col" title={run.title + run.first}>
                  <Instant at={run.beganAt} now={now} />
                  <span class={`glyph ${run.state}`} aria-hidden="true">
                    {MARKS[run.state].glyph}
                  </span>
                  <span class="unseen">{MARKS[run.state].word}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {grid.rows.map((row, rowNumber) => (
              <tr key={row.app}>
                <th scope="row">{row.label}</th>
                {grid.runs.map((run, column) => (
                  <td key={run.root}>
                    <Cell
                      {...{ run, row, cell: row.cells[column], now }}
                      isTabStop={place.row === rowNumber && place.column === column}
                      onFocus={() => {
                        chosen.value = { root: run.root, app: row.app };
                      }}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface CellProps {
  readonly run: RunLine;
  readonly row: GridRow;
  readonly cell: GridCell | undefined;
  readonly now: EpochMs;
  readonly isTabStop: boolean;
  readonly onFocus: () => void;
}

function Cell({ run, row, cell, now, isTabStop, onFocus }: CellProps) {
  const words = cellWords(cell);
  const name = `${row.label}: ${words}, in the run of ${localText(run.beganAt, now)}`;
  return (
    <a
      class={`cell ${cell?.state ?? 'none'}`}
      href={hrefToRun(run.root)}
      aria-label={name}
      title={name}
      tabIndex={isTabStop ? 0 : -1}
      onFocus={onFocus}
    >
      {cell === undefined ? '·' : MARKS[cell.state].glyph}
    </a>
  );
}

function cellWords(cell: GridCell | undefined): string {
  if (cell === undefined) return 'no reload';
  const { word } = MARKS[cell.state];
  return cell.count === 1 ? word : `${word} (${cell.count} reloads)`;
}

/** The place of the chosen cell. The first cell, if none was chosen or if the chosen one is gone. */
function placeOf(chosen: Chosen | undefined, runs: readonly RunLine[], rows: readonly GridRow[]): CellPlace {
  const row = rows.findIndex(({ app }) => app === chosen?.app);
  const column = runs.findIndex(({ root }) => root === chosen?.root);
  return row < 0 || column < 0 ? { row: 0, column: 0 } : { row, column };
}
