import { useComputed } from '@preact/signals';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { Run } from '../../../src/core/runs/group-runs.ts';
import type { RememberedJoin } from '../../../src/core/runs/wait-now.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { runLine } from '../../model/run-line.ts';
import { hrefToRun, hrefToRuns, LIST_STEP, type RunsAddress } from '../../model/runs-address.ts';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import type { ViewProps } from '../view.ts';

interface RunListProps extends Pick<ViewProps, 'ledger' | 'now'> {
  /** The newest one first. */
  readonly runs: readonly Run[];
  readonly address: RunsAddress;
}

/**
 * Shows the newest runs as a table, a line for each, and a link that shows older ones. A run is a first reload, and all
 * reloads that follow from it. The view Runs shows this unless the URL asks for the grid or for one run.
 */
export function RunList({ runs, address, ledger, now }: RunListProps) {
  const { limit } = address;
  const known = useRef(new WeakMap<Run, KnownRow>());
  const chains = ledger.chains.value;
  const joins = useComputed(() => [...ledger.of('join').values()]).value;
  /**
   * Makes the row of a run, or takes the one from before if nothing in it has changed. Then Preact compares nothing
   * within it, so a change is painted sooner.
   */
  const rowOf = (run: Run): VNode => {
    const before = known.current.get(run);
    if (before?.now === now && before.chains === chains && before.joins === joins) return before.row;
    const row = <Row key={run.root} {...{ run, joins, ledger, now }} />;
    known.current.set(run, { now, chains, joins, row });
    return row;
  };
  return (
    <>
      <table class="rows runs">
        <caption class="unseen">The newest runs</caption>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">At</th>
            <th scope="col">Began with</th>
            <th scope="col">What followed</th>
            <th scope="col">Took</th>
          </tr>
        </thead>
        <tbody>{runs.slice(0, limit).map(rowOf)}</tbody>
      </table>
      {runs.length > limit && (
        <p>
          <a href={hrefToRuns({ ...address, limit: limit + LIST_STEP })}>Show older runs</a>
        </p>
      )}
    </>
  );
}

/** A row, and what it was made of besides its run. It is made anew if one of these has changed. */
interface KnownRow {
  readonly now: EpochMs;
  readonly chains: CompiledChains;
  readonly joins: readonly RememberedJoin[];
  readonly row: VNode;
}

interface RowProps extends Pick<ViewProps, 'ledger' | 'now'> {
  readonly run: Run;
  /** What links remember that wait for several apps. */
  readonly joins: readonly RememberedJoin[];
}

function Row({ run, joins, ledger, now }: RowProps) {
  const line = runLine(run, joins, ledger.labelOf, now);
  return (
    <tr>
      <td>
        <Mark state={line.state} />
      </td>
      <td>
        <Instant at={line.beganAt} now={now} />
      </td>
      <th scope="row">
        <a href={hrefToRun(line.root)}>{line.title + line.first}</a>
      </th>
      <td>{line.followed}</td>
      <td>{line.took}</td>
    </tr>
  );
}
